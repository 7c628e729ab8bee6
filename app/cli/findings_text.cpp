// SPDX-License-Identifier: Apache-2.0
#include "app/cli/findings_text.h"

#include "app/cli/describe.h"

namespace shardlens::cli {

void printFindings(Session& session, const Findings& findings) {
    for (const auto& finding : findings) {
        const auto severity = finding.severity();
        session.print(session.paint(inkOf(severity), severityName(severity)) + "  " +
                      session.paint(Ink::Bold, finding.what.rule->id) + "\n  " + message(finding.what) +
                      "\n");
        if (const auto where = place(finding.what.where); !where.empty())
            session.print("  " + session.paint(Ink::Faint, where) + "\n");
        session.print("  " + advice(finding.what) + "\n\n");
    }
}

void writeFindings(JsonWriter& json, const Findings& findings) {
    json.key("findings");
    json.beginArray();
    for (const auto& finding : findings)
        writeFinding(json, finding);
    json.endArray();
}

} // namespace shardlens::cli
