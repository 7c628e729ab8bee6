// SPDX-License-Identifier: Apache-2.0
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/key_value.h"
#include "app/cli/plan_text.h"
#include "app/cli/rules.h"
#include "base/units.h"
#include "convert/convert.h"
#include "convert/plan_json.h"
#include "convert/rules.h"

#include <CLI/CLI.hpp>

#include <map>

namespace shardlens::cli {

namespace {

const std::map<std::string, convert::Cast> casts{{"bf16", convert::Cast::BF16},
                                                 {"fp16", convert::Cast::F16},
                                                 {"fp32", convert::Cast::F32},
                                                 {"fp64", convert::Cast::F64},
                                                 {"original", convert::Cast::Original}};
const std::map<std::string, convert::Verify> verifies{
    {"none", convert::Verify::None}, {"layout", convert::Verify::Layout}, {"full", convert::Verify::Full}};

template <typename T>
std::vector<std::string> keysOf(const std::map<std::string, T>& map) {
    std::vector<std::string> out;
    for (const auto& [key, value] : map)
        out.push_back(key);
    return out;
}

class Convert : public Command {
public:
    std::string name() const override { return "convert"; }
    std::string about() const override { return "Consolidate or reshard to safetensors"; }
    bool publishes() const override { return !m_dryRun; }

    void declare(CLI::App& app) override {
        m_path.declare(app);
        declareTarget(app);
        declareTensors(app);
        declareExtras(app);
        declareRun(app);
    }

    int run(Session& session) override {
        if (const auto filled = fillOptions(); !filled)
            return session.failure(filled.error());
        const auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint)
            return session.failure(checkpoint.error());
        auto plan = session.withProgress([&] { return makePlan(*checkpoint, session.context()); });
        if (!plan)
            return session.failure(plan.error());
        if (plan->blocked())
            return blocked(session, *plan);
        if (m_dryRun) {
            show(session, *plan, nullptr);
            return Done;
        }
        const auto report =
            session.withProgress([&] { return convert::execute(*plan, m_options, session.context()); });
        if (!report)
            return session.failure(report.error(),
                                   report.error().rule->id == rules::ConvertBlocked.id ? CannotOpen : Failed);
        show(session, *plan, &*report);
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

    void declareTarget(CLI::App& app) {
        app.add_option("--to", m_to, "safetensors, the default")
            ->check(CLI::IsMember({"safetensors"}))
            ->type_name("FORMAT");
        app.add_option("-o,--output", m_options.output,
                       "A folder for shards and index, or one FILE.safetensors")
            ->required()
            ->type_name("DIR|FILE");
        auto* size =
            app.add_option(
                   "--max-shard-size", m_maxShardSize,
                   "GB = 10^9, GiB = 2^30, plain bytes; default: the source's map if there is one, else 5GB")
                ->type_name("SIZE");
        auto* single = app.add_flag("--single-file", m_options.singleFile, "Everything into one file");
        auto* map = app.add_option("--map", m_options.mapFile, "A JSON file {\"fqn\": file number}")
                        ->type_name("FILE");
        auto* like = app.add_option("--like", m_options.like,
                                    "A checkpoint, index or map whose names, order and files are copied")
                         ->type_name("REF");
        size->excludes(single)->excludes(map)->excludes(like);
        single->excludes(map)->excludes(like);
        map->excludes(like);
        app.add_option("--name-pattern", m_options.namePattern,
                       "How shards are named: 'model{suffix}.safetensors'; the index is named after it")
            ->type_name("PATTERN");
    }

    void declareTensors(CLI::App& app) {
        app.add_option("--cast", m_cast,
                       "Cast ordinary floats, to nearest even: bf16, fp16, fp32, fp64 or original")
            ->check(CLI::IsMember(keysOf(casts)))
            ->type_name("DTYPE");
        list(app, "--keep-dtype", m_options.keepDType, "Tensors that a cast leaves alone", "FILTER");
        list(app, "--include", m_options.include, "Only tensors that match", "FILTER");
        list(app, "--exclude", m_options.exclude, "No tensors that match", "FILTER");
        list(app, "--include-name", m_options.includeNames, "Only tensors of these exact names", "NAME");
        list(app, "--exclude-name", m_options.excludeNames, "No tensors of these exact names", "NAME");
        app.add_flag("--drop-optimizer", m_options.dropOptimizer, "Leave out optimizer state");
        list(app, "--strip-prefix", m_options.stripPrefixes, "Cut this off the beginning of names", "PREFIX");
        list(app, "--rename", m_renames, "Rename by a regular expression; the first that matches renames",
             "REGEX=REPLACEMENT");
        list(app, "--like-rename", m_likeRenames, "The same for the names of --like", "REGEX=REPLACEMENT");
        app.add_option("--tied", m_tied, "Several names on one storage: keep one copy, or duplicate it")
            ->check(CLI::IsMember({"keep", "duplicate"}))
            ->type_name("HOW");
        list(app, "--tied-drop", m_options.tiedDrop, "Which of tied names goes", "NAME");
    }

    void declareExtras(CLI::App& app) {
        list(app, "--metadata", m_metadata, "Added to __metadata__", "KEY=VALUE");
        app.add_option("--values", m_options.valuesFile,
                       "Write plain entries that are no tensors to this JSON file")
            ->type_name("FILE");
        app.add_flag("--no-side-files", m_noSideFiles, "Do not copy configs and tokenizer along");
    }

    void declareRun(CLI::App& app) {
        auto* partition =
            app.add_option("--partition", m_options.partition,
                           "Write only part I of N of the files; auto: as the launcher says (srun, mpirun, "
                           "torchrun)")
                ->type_name("I/N|auto");
        app.add_flag("--finish", m_options.finish, "Publish what the parts have written, and write nothing")
            ->excludes(partition);
        app.add_flag("--dry-run", m_dryRun, "Print the plan and stop");
        app.add_flag("--force", m_options.force,
                     "Into a folder that is not empty: replace earlier shards and index");
        app.add_option("--verify", m_verify, "none, layout (default) or full")
            ->check(CLI::IsMember(keysOf(verifies)))
            ->type_name("HOW");
        app.add_flag("--no-fsync", m_noSync, "Do not wait for the disk");
    }

    Result<void> fillOptions() {
        if (!m_maxShardSize.empty()) {
            m_options.maxShardSize = parseBytes(m_maxShardSize);
            if (!m_options.maxShardSize || *m_options.maxShardSize == 0)
                return fail(rules::cli::BadOption,
                            {std::string("--max-shard-size"), m_maxShardSize, std::string("5GB")});
        }
        if (!m_cast.empty())
            m_options.cast = casts.at(m_cast);
        m_options.verify = verifies.at(m_verify);
        m_options.tied = m_tied == "duplicate" ? convert::Tied::Duplicate : convert::Tied::Keep;
        m_options.sideFiles = !m_noSideFiles;
        m_options.sync = !m_noSync;
        SHARDLENS_TRY(m_options.renames, splitRenames(m_renames, "--rename"));
        SHARDLENS_TRY(m_options.likeRenames, splitRenames(m_likeRenames, "--like-rename"));
        for (const auto& text : m_metadata) {
            SHARDLENS_TRY(auto pair, splitKeyValue(text, "--metadata"));
            m_options.metadata.push_back(std::move(pair));
        }
        return {};
    }

    /// The plan with what a look at the inputs and the target adds to its notes.
    Result<convert::Plan> makePlan(const CheckpointPtr& checkpoint, const JobContext& context) const {
        SHARDLENS_TRY(auto plan, convert::planConversion(checkpoint, m_options, context));
        if (plan.blocked())
            return plan;
        SHARDLENS_TRY(const auto found, convert::preflight(plan, m_options, context));
        plan.notes.insert(plan.notes.end(), found.begin(), found.end());
        return plan;
    }

    static void show(Session& session, const convert::Plan& plan, const convert::Report* report) {
        if (session.json()) {
            auto json = session.beginDocument();
            convert::writePlan(json, plan);
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

    /// The plan is shown with what stands against it; the first cause is the error.
    static int blocked(Session& session, const convert::Plan& plan) {
        const auto* cause = convert::blockingNote(plan.notes);
        const Error error =
            cause ? cause->what : Error{&rules::ConvertBlocked, {std::string("no cause is known")}, {}};
        if (session.json()) {
            auto json = session.beginDocument();
            convert::writePlan(json, plan);
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

    PathOption m_path;
    convert::Options m_options;
    std::string m_to = "safetensors", m_maxShardSize, m_cast, m_verify = "layout", m_tied = "keep";
    std::vector<std::string> m_renames, m_likeRenames, m_metadata;
    bool m_noSideFiles = false, m_dryRun = false, m_noSync = false;
};

} // namespace

CommandPtr makeConvert() {
    return std::make_unique<Convert>();
}

} // namespace shardlens::cli
