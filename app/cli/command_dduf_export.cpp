// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command_dduf.h"
#include "app/cli/describe.h"
#include "app/cli/key_value.h"
#include "app/cli/plan_outcome.h"
#include "app/cli/rules.h"
#include "app/cli/table.h"
#include "base/units.h"
#include "convert/dduf_export.h"
#include "io/byte_source.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <iterator>

namespace shardlens::cli {

namespace {

using convert::ExportComponent;
using convert::ExportOptions;

/// What happens to a component, in a word or two.
std::string fateOf(const ExportComponent& component) {
    if (component.absent)
        return "the pipeline has none";
    if (component.excluded)
        return "left out";
    if (component.weights.empty())
        return "no weights";
    if (!component.chosen)
        return "no weights chosen";
    return component.weights[*component.chosen].name + (component.converted ? ", converted" : "");
}

void writeComponents(JsonWriter& json, const convert::ExportPlan& plan) {
    json.key("components");
    json.beginArray();
    for (const auto& component : plan.components) {
        json.beginObject();
        json.field("name", component.name);
        json.field("library", component.library);
        json.field("class", component.className);
        json.field("absent", component.absent);
        json.field("excluded", component.excluded);
        json.field("converted", component.converted);
        json.field("bytes", component.bytes);
        json.key("chosen");
        component.chosen ? json.value(std::string_view(component.weights[*component.chosen].name))
                         : json.value(nullptr);
        json.key("weights");
        json.beginArray();
        for (const auto& weights : component.weights) {
            json.beginObject();
            json.field("name", weights.name);
            json.field("bytes", weights.bytes);
            json.field("files", weights.files);
            json.field("pickled", weights.pickled);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }
    json.endArray();
}

void writeEntries(JsonWriter& json, const convert::ExportPlan& plan) {
    json.key("entries");
    json.beginArray();
    for (const auto& entry : plan.entries) {
        json.beginObject();
        json.field("name", entry.name);
        json.key("from");
        entry.from.empty() ? json.value(nullptr) : json.value(std::string_view(entry.from));
        json.field("offset", entry.offset);
        json.field("length", entry.bytes);
        json.endObject();
    }
    json.endArray();
}

class DdufExport : public Command {
public:
    std::string name() const override { return "export"; }
    std::string about() const override { return "Write a diffusers folder as a DDUF archive"; }
    bool publishes() const override { return !m_dryRun; }

    void declare(CLI::App& app) override {
        auto* folder = app.add_option("FOLDER", m_options.folder,
                                      "A diffusers pipeline: the folder of model_index.json");
        auto* entries = app.add_option("--entries", m_entries,
                                       "A file of lines NAME=PATH, the entries instead of a folder; - is "
                                       "standard input")
                            ->type_name("LIST")
                            ->excludes(folder);
        app.add_option("-o,--output", m_options.output, "The archive")->required()->type_name("X.dduf");
        app.add_option("--variant", m_options.variant,
                       "Weights of this variant, such as fp16, under plain names; components that lack it "
                       "keep their plain ones")
            ->type_name("NAME")
            ->excludes(entries);
        list(app, "--weights", m_weights, "This set of weights for a component: plain, fp16, non_ema, bin",
             "COMPONENT=SET")
            ->excludes(entries);
        list(app, "--exclude", m_options.exclude, "Leave a component out: its key becomes [null, null]",
             "COMPONENT")
            ->excludes(entries);
        app.add_flag("--convert-pickles", m_options.convertPickles,
                     "Convert components that have pickles only on the way")
            ->excludes(entries);
        list(app, "--set", m_set, "Replace or add a JSON or text entry", "ENTRY=FILE");
        app.add_flag("--dry-run", m_dryRun, "Print the plan and stop");
        app.add_flag("--force", m_options.force, "Replace an archive of this name");
        app.add_flag("--no-fsync", m_noSync, "Do not wait for the disk");
    }

    int run(Session& session) override {
        if (const auto filled = fillOptions(session); !filled)
            return session.failure(filled.error());
        auto plan = session.withProgress([&] { return makePlan(session.context()); });
        if (!plan)
            return session.failure(plan.error());
        const auto more = [&](JsonWriter& json) {
            writeComponents(json, *plan);
            writeEntries(json, *plan);
        };
        if (!session.json())
            printComponents(session, *plan);
        if (plan->blocked())
            return showBlocked(session, plan->listing(), more);
        if (m_dryRun) {
            showPlan(session, plan->listing(), nullptr, more);
            return Done;
        }
        const auto report =
            session.withProgress([&] { return convert::executeExport(*plan, m_options, session.context()); });
        if (!report)
            return session.failure(report.error(), Failed);
        showPlan(session, plan->listing(), &*report, more);
        return Done;
    }

private:
    static CLI::Option* list(CLI::App& app, const char* name, std::vector<std::string>& into,
                             const char* about, const char* type) {
        return app.add_option(name, into, about)
            ->type_name(type)
            ->expected(1)
            ->take_all()
            ->allow_extra_args(false);
    }

    Result<void> fillOptions(const Session& session) {
        m_options.sync = !m_noSync;
        for (const auto& text : m_weights) {
            SHARDLENS_TRY(auto pair, splitKeyValue(text, "--weights"));
            m_options.weights.push_back(std::move(pair));
        }
        for (const auto& text : m_set) {
            SHARDLENS_TRY(auto pair, splitKeyValue(text, "--set"));
            m_options.set.push_back(std::move(pair));
        }
        if (m_entries.empty() == m_options.folder.empty())
            return fail(rules::cli::Usage, {std::string("FOLDER or --entries LIST is needed."),
                                            std::string("shardlens-cli dduf export")});
        if (m_entries.empty())
            return {};
        SHARDLENS_TRY(const auto text, readList(session.context()));
        SHARDLENS_TRY(m_options.entries, convert::parseEntryList(text));
        return {};
    }

    Result<std::string> readList(const JobContext& context) const {
        if (m_entries == "-")
            return std::string(std::istreambuf_iterator<char>(std::cin), {});
        SHARDLENS_TRY(const auto source, openFile(m_entries));
        SHARDLENS_TRY(const auto bytes, readAll(*source, context.limits->document));
        return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }

    Result<convert::ExportPlan> makePlan(const JobContext& context) const {
        SHARDLENS_TRY(auto plan, convert::planExport(m_options, context));
        if (plan.blocked())
            return plan;
        SHARDLENS_TRY(const auto found, convert::checkExport(plan, m_options, context));
        plan.write.notes.insert(plan.write.notes.end(), found.begin(), found.end());
        return plan;
    }

    static void printComponents(Session& session, const convert::ExportPlan& plan) {
        if (plan.components.empty())
            return;
        using Align = Table::Align;
        std::vector<std::vector<std::string>> rows;
        for (const auto& component : plan.components)
            rows.push_back({shown(component.name), formatBytes(component.bytes), shown(fateOf(component)),
                            shown(component.className)});
        Table({{"component", Align::Left, Ink::Bold},
               {"bytes", Align::Right, Ink::Plain},
               {"weights", Align::Left, Ink::Plain},
               {"class", Align::Left, Ink::Faint}})
            .print(session.out(), session.style(), rows);
        session.print("\n");
    }

    ExportOptions m_options;
    std::string m_entries;
    std::vector<std::string> m_weights, m_set;
    bool m_dryRun = false, m_noSync = false;
};

} // namespace

CommandPtr makeDdufExport() {
    return std::make_unique<DdufExport>();
}

} // namespace shardlens::cli
