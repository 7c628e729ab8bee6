// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "convert/name_pattern.h"
#include "convert/optimizer_names.h"
#include "convert/renamer.h"
#include "convert/rules.h"
#include "convert/side_files.h"
#include "convert/verify.h"
#include "formats/hub/rules.h"
#include "formats/open.h"
#include "support/checkpoint_of_payloads.h"
#include "support/slices_on_disk.h"

#include <QtTest>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>

using namespace shardlens;
using namespace shardlens::convert;
using test::CheckpointOfPayloads;
using test::plainPayload;
using test::SlicesOnDisk;

namespace fs = std::filesystem;

namespace {

bool has(const Findings& notes, std::string_view rule) {
    return std::ranges::any_of(notes, [rule](const Finding& note) { return note.what.rule->id == rule; });
}

using Names = std::vector<std::string>;

Names writtenNames(const Plan& plan) {
    Names names;
    for (const auto& file : plan.files)
        names.insert(names.end(), file.tensors.begin(), file.tensors.end());
    return names;
}

/// A checkpoint of small F32 tensors that all lie in one memory source.
CheckpointPtr named(const Names& names, std::vector<Alias> aliases = {}) {
    CheckpointOfPayloads made;
    const auto file = made.file("f.safetensors", std::vector<std::byte>(16));
    for (const auto& name : names)
        made.slice(made.tensor(name, DType::F32, {4}), {0}, {4}, plainPayload(file, {0, 16}, DType::F32));
    for (auto& alias : aliases)
        made.builder().addAlias(std::move(alias));
    return made.build();
}

std::string headerOf(const Plan& plan) {
    return std::get<Literal>(plan.files.front().pieces.front().what).bytes.substr(8);
}

} // namespace

class OptionsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    Options options() const {
        Options out;
        out.output = m_folder.filePath("out").toStdString();
        return out;
    }
    std::string write(const char* name, const std::string& text) const {
        const auto path = m_folder.filePath(name).toStdString();
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    Plan plan(const CheckpointPtr& source, const Options& wanted) const {
        return *planConversion(source, wanted, {});
    }
    std::string failure(const CheckpointPtr& source, const Options& wanted) const {
        const auto made = planConversion(source, wanted, {});
        return made ? "" : std::string(made.error().rule->id);
    }

private slots:
    void includesAndExcludes() {
        const auto source = named({"a.x", "a.y", "b.x", "optim.state.a.x.exp_avg"});
        auto wanted = options();
        wanted.include = {"a.*"};
        wanted.includeNames = {"b.x"};
        wanted.exclude = {"=a.y"};
        auto made = plan(source, wanted);
        QCOMPARE(writtenNames(made), (Names{"a.x", "b.x"}));
        QCOMPARE(made.skipped.size(), std::size_t{2});
        wanted = options();
        wanted.dropOptimizer = true;
        wanted.excludeNames = {"nobody"};
        made = plan(source, wanted);
        QCOMPARE(writtenNames(made), (Names{"a.x", "a.y", "b.x"}));
        QVERIFY(has(made.notes, "convert.no-such-name") && !made.blocked());
        wanted.include = {"zzz"};
        made = plan(source, wanted);
        QVERIFY(has(made.notes, "convert.nothing-left") && made.blocked());
    }

    void knowsOptimizerNames() {
        for (const auto* name :
             {"optim.state.w.step", "optimizer.x", "optimizer_states.0.w", "w.exp_avg", "a.exp_avg_sq.b"})
            QVERIFY2(isOptimizerName(name), name);
        for (const auto* name : {"model.optimal.weight", "expert.avg", "layers.0.optimizer_like", ""})
            QVERIFY2(!isOptimizerName(name), name);
    }

    void renames() {
        const auto source = named({"model.layers.0.w", "model.head", "other"});
        auto wanted = options();
        wanted.stripPrefixes = {"model."};
        wanted.renames = {{"layers\\.(\\d+)", "h.\\1"}, {"w", "never"}, {"head", "lm_$&"}};
        const auto made = plan(source, wanted);
        QCOMPARE(writtenNames(made), (Names{"h.0.w", "lm_head", "other"}));
        QCOMPARE(made.renamed.size(), std::size_t{2});
        wanted.renames = {{"(", ""}};
        QCOMPARE(failure(source, wanted), std::string("convert.bad-option"));
        wanted.renames = {{".*", "one"}};
        QVERIFY(has(plan(source, wanted).notes, "convert.name-taken"));
    }

    /// A backtracking engine would not come back from these.
    void noPatternBlowsUp() {
        const std::string name(200'000, 'a');
        for (const auto* pattern : {"(a+)+$x", "(a|a)*b", "(.*)*y"}) {
            const auto renamer = *Renamer::create({}, {{pattern, ""}}, "--rename");
            const auto began = std::clock(); // of this process alone: how busy the machine is does not count
            QCOMPARE(renamer.rename(std::string(2000, 'a'))->size(), std::size_t{2000});
            QVERIFY((std::clock() - began) / CLOCKS_PER_SEC < 20);
        }
        QCOMPARE(Renamer::create({"aa"}, {}, "")->rename(name)->size(), name.size() - 2);
    }

    void recordsAliases() {
        const auto source = named({"a", "b"}, {{"z", "a"}});
        auto made = plan(source, options());
        QVERIFY(headerOf(made).starts_with(R"({"__metadata__":{"format":"pt","z":"a"},)"));
        auto wanted = options();
        wanted.maxShardSize = 16;
        made = plan(source, wanted);
        QCOMPARE(made.files.size(), std::size_t{3});
        QVERIFY(headerOf(made).starts_with(R"({"__metadata__":{"format":"pt"},)"));
        QVERIFY(std::get<Literal>(made.files.back().pieces.front().what)
                    .bytes.find("\"total_size\": 32,\n    \"z\": \"a\"\n  },") != std::string::npos);
        wanted = options();
        wanted.tied = Tied::Duplicate;
        QCOMPARE(writtenNames(plan(source, wanted)), (Names{"a", "z", "b"}));
        wanted.tied = Tied::Keep;
        wanted.tiedDrop = {"a"};
        made = plan(source, wanted);
        QCOMPARE(writtenNames(made), (Names{"z", "b"}));
        QVERIFY(headerOf(made).starts_with(R"({"__metadata__":{"format":"pt","a":"z"},)"));
    }

    void dropsCopiesOfOneStorageAlone() {
        CheckpointOfPayloads made;
        const auto file = made.file("f", std::vector<std::byte>(32));
        const auto add = [&](const char* name, std::uint64_t start) {
            auto payload = plainPayload(file, {0, 32}, DType::F32);
            payload.start = start;
            const auto id = made.tensor(name, DType::F32, {4});
            made.builder().setStorage(id, 0);
            made.slice(id, {0}, {4}, payload);
        };
        add("z", 0);
        add("a", 0);
        add("tail", 4);
        const auto source = made.build();
        const auto kept = plan(source, options());
        QCOMPARE(writtenNames(kept), (Names{"a", "tail"}));
        QVERIFY(has(kept.notes, "convert.partial-copy") && !kept.blocked());
        auto wanted = options();
        wanted.tied = Tied::Duplicate;
        QCOMPARE(writtenNames(plan(source, wanted)), (Names{"z", "a", "tail"}));
    }

    void blocksWhatTheFormatCannotHold() {
        CheckpointOfPayloads made;
        const auto file = made.file("f", std::vector<std::byte>(64));
        made.slice(made.tensor("complex", DType::C128, {4}), {0}, {4},
                   plainPayload(file, {0, 64}, DType::C128));
        made.slice(made.tensor("bad\xff", DType::U8, {4}), {0}, {4}, plainPayload(file, {0, 4}, DType::U8));
        made.slice(made.tensor("__metadata__", DType::U8, {4}), {0}, {4},
                   plainPayload(file, {0, 4}, DType::U8));
        made.slice(made.tensor("good", DType::U8, {4}), {0}, {4}, plainPayload(file, {0, 4}, DType::U8));
        const auto hole = made.tensor("hole", DType::U8, {4});
        made.slice(hole, {0}, {2}, plainPayload(file, {0, 2}, DType::U8));
        const auto source = made.build();
        auto wanted = options();
        auto blocked = plan(source, wanted);
        QVERIFY(has(blocked.notes, "convert.not-in-format") && has(blocked.notes, "convert.bad-name") &&
                has(blocked.notes, "slices.missing"));
        for (const auto& note : blocked.notes)
            for (const auto id : note.tensors)
                wanted.excludeNames.emplace_back(source->tensor(id).name());
        QCOMPARE(writtenNames(plan(source, wanted)), Names{"good"});
        QVERIFY(!plan(source, wanted).blocked());
        QVERIFY(!execute(blocked, options(), {}));
    }

    void passesFindingsOfTheSourceOn() {
        static constexpr Rule Damage{"test.damage", Severity::Error, "Something is lost.", "Nothing."};
        CheckpointOfPayloads made;
        const auto file = made.file("f", std::vector<std::byte>(4));
        made.slice(made.tensor("good", DType::U8, {4}), {0}, {4}, plainPayload(file, {0, 4}, DType::U8));
        made.builder().addFinding(Damage);
        const auto noted = plan(made.build(), options());
        QVERIFY(has(noted.notes, "convert.source-finding") && !noted.blocked());
    }

    void maps() {
        const auto source = named({"a", "b", "c"});
        auto wanted = options();
        wanted.mapFile = write("map.json", R"({"c": 2, "a": 1, "b": 2})");
        auto made = plan(source, wanted);
        QCOMPARE(made.files[0].tensors, Names{"a"});
        QCOMPARE(made.files[1].tensors, (Names{"c", "b"}));
        QCOMPARE(made.files[1].path, std::string("model-00002-of-00002.safetensors"));
        QCOMPARE(made.files[2].path, std::string("model.safetensors.index.json"));
        for (const auto* bad : {R"({"a": "x"})", R"({"a": -1})", R"({})", R"([1])", R"({"a": 1.5})"}) {
            wanted.mapFile = write("bad.json", bad);
            QCOMPARE(failure(source, wanted), std::string("convert.bad-map"));
        }
        wanted.mapFile = write("broken.json", "{");
        QCOMPARE(failure(source, wanted), std::string("json.syntax"));
        wanted.mapFile = "/nowhere/map.json";
        QCOMPARE(failure(source, wanted), std::string("io.not-found"));
    }

    void likeAnIndex() {
        const auto source = named({"model.a", "model.b"});
        auto wanted = options();
        wanted.like = write("diffusion.index.json",
                            R"({"metadata": {}, "weight_map": {"b": "diffusion-00001-of-00002.safetensors",
                                                        "x.a": "diffusion-00002-of-00002.safetensors"}})");
        wanted.stripPrefixes = {"model."};
        wanted.likeRenames = {{"^x\\.", ""}};
        const auto made = plan(source, wanted);
        QVERIFY(!made.blocked());
        QCOMPARE(made.files[0].path, std::string("diffusion-00001-of-00002.safetensors"));
        QCOMPARE(made.files[0].tensors, Names{"b"});
        QCOMPARE(made.files[2].path, std::string("diffusion.safetensors.index.json"));
        wanted.like = write("escape.json", R"({"weight_map": {"a": "../x.safetensors"}})");
        QCOMPARE(failure(source, wanted), std::string("convert.bad-map"));
    }

    void likeACheckpoint() {
        SlicesOnDisk model(m_folder.path().toStdString());
        model.add("b", DType::F32, {4});
        model.add("a", DType::F32, {2, 2});
        auto wanted = options();
        wanted.output = m_folder.filePath("reference.safetensors").toStdString();
        const auto reference = plan(model.build(), wanted);
        QVERIFY(execute(reference, wanted, {}));
        const auto source = named({"a", "b"});
        wanted = options();
        wanted.like = m_folder.filePath("reference.safetensors").toStdString();
        const auto made = plan(source, wanted);
        QCOMPARE(made.files.size(), std::size_t{1});
        QCOMPARE(made.files[0].path, std::string("reference.safetensors"));
        QCOMPARE(made.files[0].tensors, (Names{"b", "a"}));
        QVERIFY(has(made.notes, "convert.shape-differs"));
    }

    void refusesOptionsItCannotUse() {
        const auto source = named({"a", "b"});
        auto wanted = options();
        wanted.output.clear();
        QCOMPARE(failure(source, wanted), std::string("convert.bad-option"));
        for (const auto* pattern : {"../model{suffix}.safetensors", "model{suffix}.bin", "a/b.safetensors"}) {
            wanted = options();
            wanted.namePattern = pattern;
            QCOMPARE(failure(source, wanted), std::string("convert.bad-option"));
        }
        wanted.namePattern = "weights.safetensors";
        wanted.maxShardSize = 16;
        QVERIFY(has(plan(source, wanted).notes, "convert.many-files"));
        wanted.maxShardSize = 0;
        QCOMPARE(failure(source, wanted), std::string("convert.bad-option"));
        wanted = options();
        wanted.partition = "3/2";
        QCOMPARE(failure(source, wanted), std::string("convert.bad-option"));
        wanted = options();
        wanted.include = {"dtype:nonsense"};
        QVERIFY(failure(source, wanted).starts_with("filter."));
    }

    void casts() {
        SlicesOnDisk model(m_folder.path().toStdString());
        model.add("w", DType::F32, {1000, 10}, 0, 2);
        model.add("keep", DType::F32, {3});
        model.add("i", DType::I32, {3});
        const auto source = model.build(2);
        auto wanted = options();
        wanted.output = m_folder.filePath("cast").toStdString();
        wanted.cast = Cast::F16;
        wanted.keepDType = {"=keep"};
        wanted.verify = convert::Verify::Full;
        const auto made = plan(source, wanted);
        QCOMPARE(made.cast, Names{"w"});
        const auto report = execute(made, wanted, {});
        QVERIFY(report);
        QVERIFY(report->castOverflows > 0); // random bits
        QVERIFY(has(report->notes, "convert.overflow"));
        wanted.cast = Cast::Original;
        QVERIFY(has(plan(source, wanted).notes, "convert.no-original-dtypes"));
    }

    void changesADTypeInAConfigAlone() {
        QCOMPARE(
            *withDType("{\n \"a\": {\"dtype\": \"float32\"}, \"torch_dtype\" : \"float32\",\t\"x\":1.50}",
                       DType::BF16),
            std::string("{\n \"a\": {\"dtype\": \"float32\"}, \"torch_dtype\" : \"bfloat16\",\t\"x\":1.50}"));
        QVERIFY(!withDType("{\"dtype\": \"bfloat16\"}", DType::BF16));
        QVERIFY(!withDType("{\"dtype\": null}", DType::BF16));
        QVERIFY(!withDType("[\"dtype\", \"float32\"]", DType::BF16));
        QVERIFY(!withDType("{\"dtype\": \"float32\"", DType::BF16));
    }

    void noticesWhatWasNotWrittenAsPlanned() {
        SlicesOnDisk model(m_folder.path().toStdString());
        model.add("w", DType::F32, {100});
        const auto source = model.build();
        auto wanted = options();
        wanted.output = m_folder.filePath("verified").toStdString();
        const auto made = plan(source, wanted);
        QVERIFY(execute(made, wanted, {}));
        const std::vector<const PlannedFile*> files{&made.files[0]};
        QVERIFY(verifyLayout(made, files, wanted.output, {}));
        QVERIFY(verifyContents(made, files, wanted.output, {}));
        const auto path = wanted.output + "/model.safetensors";
        {
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(-1, std::ios::end);
            file.put('\x55');
        }
        QVERIFY(verifyLayout(made, files, wanted.output, {}));
        QCOMPARE(std::string(verifyContents(made, files, wanted.output, {}).error().rule->id),
                 std::string("convert.verify-failed"));
        fs::resize_file(path, fs::file_size(path) - 1);
        QCOMPARE(std::string(verifyLayout(made, files, wanted.output, {}).error().rule->id),
                 std::string("convert.verify-failed"));
    }

    void knowsItsPatterns() {
        const std::string pattern = "model{suffix}.safetensors";
        QCOMPARE(numberedName(pattern, 3, 12), std::string("model-00003-of-00012.safetensors"));
        QCOMPARE(patternOf("model-00003-of-00012.safetensors"), pattern);
        QCOMPARE(patternOf("model.safetensors"), std::string("model.safetensors"));
        QVERIFY(isOfPattern(pattern, "model-1-of-2.safetensors") &&
                isOfPattern(pattern, "model.safetensors.index.json"));
        QVERIFY(!isOfPattern(pattern, "model-x-of-2.safetensors") &&
                !isOfPattern(pattern, "other.safetensors") &&
                !isOfPattern(pattern, "model-00001-of-00002.bin") &&
                !isOfPattern(pattern, "model-mine.safetensors"));
    }

    void stopsWhereTheSourceMayHideTensors() {
        CheckpointOfPayloads made;
        const auto file = made.file("f.safetensors", std::vector<std::byte>(16));
        made.slice(made.tensor("w", DType::F32, {4}), {0}, {4}, plainPayload(file, {0, 16}, DType::F32));
        made.builder().addFinding(rules::hub::FileMissing,
                                  {std::string("b.safetensors"), std::uint64_t{2}, std::string("x")});
        const auto source = made.build();
        const auto whole = plan(source, options());
        QVERIFY(has(whole.notes, "convert.source-incomplete") && whole.blocked());
        auto chosen = options();
        chosen.includeNames = {"w"};
        const auto part = plan(source, chosen);
        QVERIFY(has(part.notes, "convert.source-finding") && !part.blocked());
    }

    void refusesSizesThatNoFileHas() {
        CheckpointOfPayloads made;
        const auto file = made.file("f.safetensors", std::vector<std::byte>(16));
        const Dims shape{std::uint64_t{1} << 60};
        made.slice(made.tensor("w", DType::F64, shape), {0}, shape, plainPayload(file, {0, 16}, DType::F64));
        QCOMPARE(failure(made.build(), options()), std::string("convert.too-large"));
    }

    void preflightComparesThePlanWithTheData() {
        SlicesOnDisk model(m_folder.path().toStdString());
        model.add("w", DType::F32, {100});
        auto made = plan(model.build(), options());
        for (auto& piece : made.files.front().pieces)
            if (auto* range = std::get_if<TensorRange>(&piece.what))
                range->dtype = DType::I64;
        const auto found = preflight(made, options(), {});
        QVERIFY(found);
        QVERIFY(has(*found, "convert.blocked"));
    }

    void keepsADTypeThatNoCastLeadsBackTo() {
        const auto folder = m_folder.filePath("nemo").toStdString();
        fs::copy(fs::path(SHARDLENS_TEST_DATA) / "nemo_automodel/epoch_0_step_10/model", folder,
                 fs::copy_options::recursive);
        std::ofstream(folder + "/.hf_metadata/fqn_to_dtype_mapping.json") << R"({"lm_head.weight": "F5"})";
        const auto source = open(folder, {}, {});
        QVERIFY(source);
        auto wanted = options();
        wanted.cast = Cast::Original;
        const auto made = plan(*source, wanted);
        QVERIFY(has(made.notes, "convert.original-unusable"));
    }

    void saysWhichEarlierFileStays() {
        SlicesOnDisk model(m_folder.path().toStdString());
        model.add("w", DType::F32, {100});
        auto wanted = options();
        wanted.output = m_folder.filePath("forced").toStdString();
        wanted.force = true;
        fs::create_directories(wanted.output);
        std::ofstream(wanted.output + "/model.safetensors.index.json") << "{}";
        // A folder of a shard's name cannot be removed as a file.
        fs::create_directories(wanted.output + "/model-00001-of-00002.safetensors/inside");
        const auto report = execute(plan(model.build(), wanted), wanted, {});
        QVERIFY(report);
        QVERIFY(has(report->notes, "convert.stale-not-removed"));
        QVERIFY(fs::exists(wanted.output + "/model-00001-of-00002.safetensors/inside"));
    }

    void saysItselfAsACommand() {
        auto wanted = options();
        wanted.output = "/tmp/my out";
        wanted.renames = {{"a=b", "it's"}};
        wanted.cast = Cast::BF16;
        wanted.sync = false;
        QCOMPARE(asCommand("in", wanted), std::string("shardlens-cli convert in --output '/tmp/my out' "
                                                      "--cast bf16 --rename 'a\\=b=it'\\''s' --no-fsync"));
    }
};

QTEST_GUILESS_MAIN(OptionsTest)
#include "options_test.moc"
