// SPDX-License-Identifier: Apache-2.0
#include "app/cli/plan_outcome.h"

#include "app/cli/plan_text.h"
#include "convert/plan_json.h"
#include "convert/rules.h"

namespace shardlens::cli {

void showPlan(Session& session, const convert::Plan& plan, const convert::Report* report,
              const MoreFields& more) {
    if (session.json()) {
        auto json = session.beginDocument();
        convert::writePlan(json, plan);
        if (more)
            more(json);
        if (report)
            convert::writeReport(json, *report);
        json.endObject();
        return;
    }
    printPlan(session, plan);
    if (report) {
        session.print("\n");
        printReport(session, *report);
    }
}

int showBlocked(Session& session, const convert::Plan& plan, const MoreFields& more) {
    const auto* cause = convert::blockingNote(plan.notes);
    const Error error =
        cause ? cause->what : Error{&rules::ConvertBlocked, {std::string("no cause is known")}, {}};
    if (session.json()) {
        auto json = session.beginDocument();
        convert::writePlan(json, plan);
        if (more)
            more(json);
        writeErrorField(json, error);
        json.endObject();
    } else {
        printPlan(session, plan);
    }
    session.out().flush();
    session.note("shardlens-cli: The plan is blocked, nothing was written: " + describe(error) + " [" +
                 std::string(error.rule->id) + "]");
    return CannotOpen;
}

} // namespace shardlens::cli
