// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/describe.h"
#include "base/units.h"
#include "convert/sample.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace shardlens::cli {

namespace {

class Sample : public Command {
public:
    std::string name() const override { return "sample"; }
    std::string about() const override { return "Write a small checkpoint to play with"; }
    bool publishes() const override { return true; }

    void declare(CLI::App& app) override {
        app.add_option("KIND", m_kind, "slices (default), sharded or diffusers")
            ->check(CLI::IsMember({"slices", "sharded", "diffusers"}));
        app.add_option("-o,--output", m_options.output, "A folder, new or empty")
            ->required()
            ->type_name("DIR");
        app.add_flag("--damaged", m_options.damaged,
                     "With damage to see: a missing file, one cut short, and more");
    }

    int run(Session& session) override {
        m_options.kind = *convert::sampleFromName(m_kind);
        const auto report =
            session.withProgress([&] { return convert::writeSample(m_options, session.context()); });
        if (!report) {
            const bool refused = report.error().rule->id == rules::sample::TargetNotEmpty.id ||
                                 report.error().rule->id == "io.not-a-folder";
            return session.failure(report.error(), refused ? CannotOpen : Failed);
        }
        if (session.json()) {
            auto json = session.beginDocument();
            json.field("kind", m_kind);
            json.field("damaged", m_options.damaged);
            json.field("path", report->folder);
            json.field("files", report->files);
            json.field("bytes", report->bytes);
            json.endObject();
        } else {
            session.print(fmt::format("{} files, {}\n{}\n", report->files, formatBytes(report->bytes),
                                      shown(report->folder)));
        }
        return Done;
    }

private:
    std::string m_kind = "slices";
    convert::SampleOptions m_options;
};

} // namespace

CommandPtr makeSample() {
    return std::make_unique<Sample>();
}

} // namespace shardlens::cli
