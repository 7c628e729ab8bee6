// SPDX-License-Identifier: Apache-2.0
#include "analysis/deep_check.h"
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/findings_text.h"
#include "base/escape.h"
#include "formats/open.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <tuple>

namespace shardlens::cli {

namespace {

bool sameCause(const Finding& a, const Finding& b) {
    return a.what.rule->id == b.what.rule->id && a.what.where.file == b.what.where.file &&
           a.what.where.offset == b.what.where.offset && a.what.where.item == b.what.where.item &&
           message(a.what) == message(b.what);
}

class Check : public Command {
public:
    std::string name() const override { return "check"; }
    std::string about() const override {
        return "Every finding: what is damaged or doubtful, and what to do";
    }

    void declare(CLI::App& app) override {
        m_path.declare(app);
        app.add_flag("--deep", m_deep,
                     "Read all data: CRC, NaN and Inf, tensors of zeros, what cannot be read");
    }

    int run(Session& session) override {
        const auto findings = collect(session);
        if (!findings)
            return session.failure(findings.error());
        if (session.json())
            writeJson(session, *findings);
        else
            writeText(session, *findings);
        return countFindings(*findings).errors > 0 ? Differs : Done;
    }

private:
    Result<Findings> collect(Session& session) const {
        const auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint && !isDamage(checkpoint.error()))
            return Failure(checkpoint.error());
        Findings out;
        if (checkpoint)
            out = (*checkpoint)->findings();
        else
            out.push_back({checkpoint.error(), {}, {}});
        // What the survey noticed concerns the folder; the reader may have said it as well.
        if (const auto looked = survey(m_path.path, m_path.choice, session.context()))
            for (const auto& finding : looked->findings)
                if (std::none_of(out.begin(), out.end(),
                                 [&](const Finding& f) { return sameCause(f, finding); }))
                    out.push_back(finding);
        if (m_deep && checkpoint) {
            SHARDLENS_TRY(const auto deep,
                          session.withProgress([&] { return deepCheck(*checkpoint, session.context()); }));
            out.insert(out.end(), deep.begin(), deep.end());
        }
        std::stable_sort(out.begin(), out.end(),
                         [](const Finding& a, const Finding& b) { return a.severity() < b.severity(); });
        return out;
    }

    static void writeJson(Session& session, const Findings& findings) {
        auto json = session.beginDocument();
        writeFindings(json, findings);
        json.endObject();
    }

    static void writeText(Session& session, const Findings& findings) {
        printFindings(session, findings);
        const auto counts = countFindings(findings);
        if (findings.empty())
            session.print(session.paint(Ink::Green, "No findings.") + "\n");
        else
            session.print(countsText(counts) + "\n");
    }

    PathOption m_path;
    bool m_deep = false;
};

} // namespace

CommandPtr makeCheck() {
    return std::make_unique<Check>();
}

} // namespace shardlens::cli
