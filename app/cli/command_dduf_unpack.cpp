// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command_dduf.h"
#include "app/cli/plan_outcome.h"
#include "convert/dduf_unpack.h"
#include "convert/rules.h"

#include <CLI/CLI.hpp>

namespace shardlens::cli {

namespace {

class DdufUnpack : public Command {
public:
    std::string name() const override { return "unpack"; }
    std::string about() const override { return "Restore the folder that an archive was made of"; }
    bool publishes() const override { return !m_dryRun; }

    void declare(CLI::App& app) override {
        app.add_option("PATH", m_options.archive, "A .dduf archive")->required();
        app.add_option("-o,--output", m_options.output, "A folder, new or empty")
            ->required()
            ->type_name("DIR");
        app.add_option("--include", m_options.include, "Only this entry, or this component")
            ->type_name("ENTRY|COMPONENT")
            ->expected(1)
            ->take_all()
            ->allow_extra_args(false);
        app.add_flag("--dry-run", m_dryRun, "Print the plan and stop");
        app.add_flag("--force", m_options.force,
                     "Into a folder that is not empty: replace files of the same names, keep the others");
        app.add_flag("--no-fsync", m_noSync, "Do not wait for the disk");
    }

    int run(Session& session) override {
        m_options.sync = !m_noSync;
        auto plan = session.withProgress([&] { return makePlan(session.context()); });
        if (!plan)
            return session.failure(plan.error());
        if (plan->blocked())
            return showBlocked(session, *plan);
        if (m_dryRun) {
            showPlan(session, *plan, nullptr);
            return Done;
        }
        const auto report =
            session.withProgress([&] { return convert::executeUnpack(*plan, m_options, session.context()); });
        if (!report)
            return session.failure(report.error(), Failed);
        showPlan(session, *plan, &*report);
        return Done;
    }

private:
    Result<convert::Plan> makePlan(const JobContext& context) const {
        SHARDLENS_TRY(auto plan, convert::planUnpack(m_options, context));
        if (plan.blocked())
            return plan;
        SHARDLENS_TRY(const auto found, convert::checkUnpack(plan, m_options, context));
        plan.notes.insert(plan.notes.end(), found.begin(), found.end());
        return plan;
    }

    convert::UnpackOptions m_options;
    bool m_dryRun = false, m_noSync = false;
};

} // namespace

CommandPtr makeDdufUnpack() {
    return std::make_unique<DdufUnpack>();
}

} // namespace shardlens::cli
