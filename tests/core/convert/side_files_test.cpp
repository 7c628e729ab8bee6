// SPDX-License-Identifier: Apache-2.0
// What lies beside weights: taken along from the source or from the folder that --like names, never a pickle.
#include "convert/convert.h"
#include "formats/open.h"
#include "support/rank_file.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <algorithm>
#include <string>

using namespace shardlens;
using namespace shardlens::convert;
using test::RankFile;
using test::TempFolder;

namespace {

const std::string SliceName = "shard-00001-model-00001-of-00001.safetensors";

/// Two F32 tensors of one rank.
void writeSlices(const std::string& path) {
    RankFile rank;
    rank.add("a", DType::F32, {2, 2}, {0, 0}, std::string(16, 'a'));
    rank.add("b", DType::F32, {3}, {0}, std::string(12, 'b'));
    rank.write(path);
}

bool has(const Findings& notes, std::string_view rule) {
    return std::ranges::any_of(notes, [rule](const Finding& note) { return note.what.rule->id == rule; });
}

} // namespace

class SideFilesTest : public QObject {
    Q_OBJECT

    static Plan planOf(const std::string& source, const Options& options) {
        const auto opened = open(source, {}, {});
        if (!opened)
            qFatal("%s", describe(opened.error()).c_str());
        auto plan = planConversion(*opened, options, {});
        if (!plan)
            qFatal("%s", describe(plan.error()).c_str());
        return std::move(*plan);
    }
    static void run(const std::string& source, const Options& options) {
        const auto report = execute(planOf(source, options), options, {});
        QVERIFY2(report, report ? "" : describe(report.error()).c_str());
    }
    /// A published model: two files, an index, config, tokenizer, and a pickle that nobody wants.
    static void writeReference(const TempFolder& folder, const std::string& stem = "model") {
        writeSlices((folder.write("source/none", ""), folder.path("source/" + SliceName)));
        Options options;
        options.output = folder.path("ref");
        options.maxShardSize = 16;
        options.namePattern = stem + "{suffix}.safetensors";
        run(folder.path("source"), options);
        folder.write("ref/config.json", R"({"model_type": "x", "torch_dtype": "bfloat16"})");
        folder.write("ref/tokenizer.json", R"({"version": "1.0"})");
        folder.write("ref/training_args.bin", "\x80\x02}.");
    }

private slots:
    void ofTheReference() {
        const TempFolder folder;
        writeReference(folder);
        Options options;
        options.like = folder.path("ref");
        options.output = folder.path("out");
        run(folder.path("source"), options);
        QCOMPARE(folder.names("out"),
                 (std::vector<std::string>{"config.json", "model-00001-of-00002.safetensors",
                                           "model-00002-of-00002.safetensors", "model.safetensors.index.json",
                                           "tokenizer.json"}));
        COMPARE_TEXT(folder.read("out/tokenizer.json"), folder.read("ref/tokenizer.json"));
        // It says the dtype of the tensors that are beside it now.
        COMPARE_TEXT(folder.read("out/config.json"), R"({"model_type": "x", "torch_dtype": "float32"})");

        options.like = folder.path("ref/model.safetensors.index.json");
        options.output = folder.path("by-index");
        run(folder.path("source"), options);
        QCOMPARE(folder.names("by-index"), folder.names("out"));

        options.sideFiles = false;
        options.output = folder.path("bare");
        run(folder.path("source"), options);
        QVERIFY(!folder.exists("bare/config.json") && !folder.exists("bare/tokenizer.json"));
    }

    void anIndexAloneHasNone() {
        const TempFolder folder;
        writeReference(folder);
        Options options;
        options.like = folder.write("alone/model.safetensors.index.json",
                                    folder.read("ref/model.safetensors.index.json"));
        options.output = folder.path("out");
        run(folder.path("source"), options);
        QCOMPARE(folder.names("out"), (std::vector<std::string>{"model-00001-of-00002.safetensors",
                                                                "model-00002-of-00002.safetensors",
                                                                "model.safetensors.index.json"}));
    }

    void theSourcesOwnComeFirst() {
        const TempFolder folder;
        writeReference(folder);
        folder.write("source/.hf_metadata/config.json", R"({"model_type": "mine", "dtype": "float16"})");
        folder.write("source/.hf_metadata/fqn_to_file_index_mapping.json", R"({"a": 1, "b": 1})");
        Options options;
        options.like = folder.path("ref");
        options.output = folder.path("out");
        run(folder.path("source"), options);
        COMPARE_TEXT(folder.read("out/config.json"), R"({"model_type": "mine", "dtype": "float16"})");
        QVERIFY(folder.exists("out/tokenizer.json"));
        QVERIFY(!folder.exists("out/fqn_to_file_index_mapping.json"));
        options.cast = Cast::BF16; // then it is the program that knows
        options.output = folder.path("cast");
        run(folder.path("source"), options);
        COMPARE_TEXT(folder.read("cast/config.json"), R"({"model_type": "mine", "dtype": "bfloat16"})");
    }

    void aReferenceIsNoTarget() {
        const TempFolder folder;
        writeReference(folder);
        Options options;
        options.like = folder.path("ref");
        options.output = folder.path("ref");
        options.force = true;
        const auto plan = planOf(folder.path("source"), options);
        QVERIFY(has(*preflight(plan, options, {}), "convert.target-is-input"));
    }

    void namesAreDiffusersWhereTheModelIs() {
        const TempFolder folder;
        folder.write("source/.hf_metadata/config.json",
                     R"({"_class_name": "FluxTransformer2DModel", "_diffusers_version": "0.42.0"})");
        writeSlices(folder.path("source/" + SliceName));
        Options options;
        options.output = folder.path("out");
        options.maxShardSize = 16;
        run(folder.path("source"), options);
        QCOMPARE(folder.names("out"), (std::vector<std::string>{
                                          "config.json", "diffusion_pytorch_model-00001-of-00002.safetensors",
                                          "diffusion_pytorch_model-00002-of-00002.safetensors",
                                          "diffusion_pytorch_model.safetensors.index.json"}));
        QVERIFY(folder.read("out/diffusion_pytorch_model.safetensors.index.json")
                    .find("\"a\": \"diffusion_pytorch_model-00001-of-00002.safetensors\"") !=
                std::string::npos);
        options.maxShardSize.reset();
        options.output = folder.path("one");
        run(folder.path("source"), options);
        QVERIFY(folder.exists("one/diffusion_pytorch_model.safetensors"));
    }

    void whatIsReplacedHasTheReferencesNames() {
        const TempFolder folder;
        writeReference(folder, "weights");
        Options options;
        options.output = folder.path("out");
        options.force = true;
        folder.write("out/weights-00003-of-00003.safetensors", "earlier");
        folder.write("out/model-00003-of-00003.safetensors", "another's");
        options.like = folder.path("ref");
        run(folder.path("source"), options);
        QVERIFY(!folder.exists("out/weights-00003-of-00003.safetensors"));
        QVERIFY(folder.exists("out/model-00003-of-00003.safetensors"));
        QVERIFY(folder.exists("out/weights.safetensors.index.json"));
    }
};

QTEST_GUILESS_MAIN(SideFilesTest)
#include "side_files_test.moc"
