// SPDX-License-Identifier: Apache-2.0
#include "formats/diffusers/pipeline.h"
#include "formats/open.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QTest>

#include <algorithm>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace shardlens;
using namespace shardlens::diffusers;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

FileTreePtr treeOf(const Files& files) {
    std::vector<std::pair<std::string, std::vector<std::byte>>> bytes;
    for (const auto& [path, text] : files)
        bytes.emplace_back(path, test::bytesOf(text));
    return memoryTree("pipeline", std::move(bytes));
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts)
        out += (out.empty() ? "" : " ") + text;
    return out;
}

std::string setsOf(const Component& component) {
    std::vector<std::string> names;
    for (const auto& weights : component.weights)
        names.push_back(weights.name);
    return joined(names);
}

std::string rulesOf(const Pipeline& pipeline) {
    std::vector<std::string> ids;
    for (const auto& finding : pipeline.findings)
        ids.emplace_back(finding.what.rule->id);
    std::ranges::sort(ids);
    return joined(ids);
}

std::string leftOutOf(const Pipeline& pipeline) {
    std::vector<std::string> paths;
    for (const auto& one : pipeline.leftOut)
        paths.push_back(one.path);
    return joined(paths);
}

/// The chosen set's name, or a dash.
std::string chosen(const Component& component, std::string_view variant) {
    const auto index = chooseWeights(component, variant);
    return index ? component.weights[*index].name : "-";
}

/// A safetensors file of one tensor.
std::string weights(const std::string& name) {
    auto text = R"({")" + name + R"(":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})";
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::string out(8, '\0');
    out[0] = static_cast<char>(text.size());
    return out + text + "abcd";
}

std::string partsOf(const Survey& survey) {
    std::string out;
    for (const auto& part : survey.parts)
        out += (out.empty() ? "" : ",") + part.name + "|" + part.variant;
    return out;
}

/// The tensors that a choice opens, or the rule that prevents it.
std::string namesOf(const std::string& path, const Choice& choice) {
    const auto opened = open(path, choice, {});
    if (!opened)
        return std::string(opened.error().rule->id);
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < (*opened)->tensorCount(); ++i)
        names.emplace_back((*opened)->tensor(TensorId(i)).name());
    return joined(names);
}

const std::string Index = R"({"_class_name": "TinyPipeline", "_diffusers_version": "0.40.0",
    "unet": ["diffusers", "UNet2DConditionModel"], "force_zeros": true})";

} // namespace

class PipelineTest : public QObject {
    Q_OBJECT

private slots:
    void tellsComponentsOptionsAndAbsentOnes() {
        const auto tree = treeOf({{"model_index.json", R"({"_class_name": "P", "_diffusers_version": "1.2",
            "_name_or_path": "x", "vae": ["diffusers", "AutoencoderKL"], "image_encoder": [null, null],
            "requires_safety_checker": true})"},
                                  {"vae/config.json", "{}"},
                                  {"vae/diffusion_pytorch_model.safetensors", "12345"}});
        const auto pipeline = readPipeline(*tree, {});
        VERIFY_OK(pipeline);
        COMPARE_TEXT(pipeline->className, "P");
        COMPARE_TEXT(pipeline->version, "1.2");
        COMPARE_TEXT(joined(pipeline->options), "requires_safety_checker");
        QCOMPARE(pipeline->components.size(), 2u);
        const auto& vae = pipeline->components[0];
        COMPARE_TEXT(vae.library + "." + vae.className, "diffusers.AutoencoderKL");
        QVERIFY(vae.folder && !vae.absent && vae.hasConfig());
        COMPARE_TEXT(setsOf(vae), "plain");
        QCOMPARE(vae.weights[0].bytes, 5u);
        QVERIFY(pipeline->components[1].absent);
        COMPARE_TEXT(rulesOf(*pipeline), "");
    }

    void tellsWeightSets() {
        const auto shards =
            R"({"metadata": {}, "weight_map": {"a": "diffusion_pytorch_model-00001-of-00002.safetensors",
            "b": "diffusion_pytorch_model-00002-of-00002.safetensors"}})";
        const auto tree = treeOf({{"model_index.json", Index},
                                  {"unet/config.json", "{}"},
                                  {"unet/diffusion_pytorch_model.safetensors.index.json", shards},
                                  {"unet/diffusion_pytorch_model-00001-of-00002.safetensors", "1"},
                                  {"unet/diffusion_pytorch_model-00002-of-00002.safetensors", "22"},
                                  {"unet/diffusion_pytorch_model.fp16.safetensors", "333"},
                                  {"unet/diffusion_pytorch_model.non_ema.safetensors", "4444"},
                                  {"unet/diffusion_pytorch_model.bin", "b"},
                                  {"unet/diffusion_pytorch_model.fp16.bin", "b"}});
        const auto pipeline = readPipeline(*tree, {});
        VERIFY_OK(pipeline);
        const auto& unet = pipeline->components[0];
        COMPARE_TEXT(setsOf(unet), "plain fp16 non_ema bin bin.fp16");
        QCOMPARE(unet.weights[0].bytes, 3u);
        QCOMPARE(unet.weights[0].set.files.size(), 2u);
        QVERIFY(unet.weights[2].forTraining() && unet.weights[3].pickled);
        COMPARE_TEXT(joined(pipeline->variants()), "fp16 non_ema");
        COMPARE_TEXT(chosen(unet, ""), "plain");
        COMPARE_TEXT(chosen(unet, "fp16"), "fp16");
        COMPARE_TEXT(chosen(unet, "non_ema"), "non_ema");
        COMPARE_TEXT(chosen(unet, "bf16"), "plain");
        QVERIFY(unet.findFile("diffusion_pytorch_model.safetensors.index.json") != nullptr);
    }

    void choosesTheOnlySetThatIsMeantForUse() {
        const auto choose = [](const Files& weights) {
            Files files{{"model_index.json", Index}, {"unet/config.json", "{}"}};
            files.insert(files.end(), weights.begin(), weights.end());
            const auto pipeline = readPipeline(*treeOf(files), {});
            return pipeline ? chosen(pipeline->components[0], "") : std::string(pipeline.error().rule->id);
        };
        COMPARE_TEXT(choose({{"unet/model.fp16.safetensors", ""}}), "fp16");
        COMPARE_TEXT(choose({{"unet/model.fp16.safetensors", ""}, {"unet/model.non_ema.safetensors", ""}}),
                     "fp16");
        COMPARE_TEXT(choose({{"unet/model.fp16.safetensors", ""}, {"unet/model.bf16.safetensors", ""}}), "-");
        COMPARE_TEXT(choose({{"unet/model.non_ema.safetensors", ""}}), "-");
        COMPARE_TEXT(choose({{"unet/model.bin", ""}}), "-");
        COMPARE_TEXT(choose({}), "-");
    }

    void leavesOutWhatIsNoPartOfThePipeline() {
        const auto tree = treeOf({{"model_index.json", Index},
                                  {"README.md", ""},
                                  {"sd.safetensors", "weights"},
                                  {"LICENSE.txt", ""},
                                  {"unet/config.json", "{}"},
                                  {"unet/model.safetensors", ""},
                                  {"unet/flax_model.msgpack", ""},
                                  {"unet/model.onnx", ""},
                                  {"unet/openvino_model.bin", ""},
                                  {"unet/openvino_model.xml", ""},
                                  {"unet/old/config.json", ""},
                                  {".cache/x", ""},
                                  {"vae_1_0/config.json", ""}});
        const auto pipeline = readPipeline(*tree, {});
        VERIFY_OK(pipeline);
        COMPARE_TEXT(leftOutOf(*pipeline),
                     ".cache/x README.md sd.safetensors unet/flax_model.msgpack unet/model.onnx unet/old/ "
                     "unet/openvino_model.bin unet/openvino_model.xml vae_1_0/config.json");
        QVERIFY(std::ranges::none_of(pipeline->leftOut, [](const auto& one) { return one.reason.empty(); }));
        COMPARE_TEXT(rulesOf(*pipeline), "diffusers.folder-not-indexed");
        COMPARE_TEXT(setsOf(pipeline->components[0]), "plain");
        COMPARE_TEXT(pipeline->rootFiles[0].name, "LICENSE.txt");
    }

    void namesWhatIsWrong_data() {
        QTest::addColumn<QString>("index");
        QTest::addColumn<QString>("rules");
        QTest::newRow("name that leaves") << R"({"../x": ["a", "B"]})"
                                          << "diffusers.component-name";
        QTest::newRow("three values") << R"({"x": ["a", "B", "c"]})"
                                      << "diffusers.component-value";
        QTest::newRow("numbers") << R"({"x": [1, 2]})"
                                 << "diffusers.component-value";
        QTest::newRow("no folder") << R"({"x": ["a", "B"]})"
                                   << "diffusers.component-missing";
        QTest::newRow("no config") << R"({"bare": ["a", "B"]})"
                                   << "diffusers.no-config";
        QTest::newRow("no weights") << R"({"config": ["a", "B"]})"
                                    << "diffusers.no-weights";
        QTest::newRow("pickles") << R"({"pickles": ["a", "B"]})"
                                 << "diffusers.pickled-only";
    }
    void namesWhatIsWrong() {
        QFETCH(QString, index);
        QFETCH(QString, rules);
        Files files{{"model_index.json", index.toStdString()}};
        for (const auto& [folder, path] :
             {std::pair("bare", "bare/model.safetensors"), std::pair("config", "config/config.json"),
              std::pair("pickles", "pickles/pytorch_model.bin")})
            if (index.contains(folder))
                files.emplace_back(path, "");
        if (index.contains("pickles"))
            files.emplace_back("pickles/config.json", "{}");
        const auto pipeline = readPipeline(*treeOf(files), {});
        VERIFY_OK(pipeline);
        COMPARE_TEXT(rulesOf(*pipeline), rules.toStdString());
    }

    void refusesIndexesThatSayNothing() {
        VERIFY_RULE(readPipeline(*treeOf({{"unet/config.json", "{}"}}), {}), "diffusers.index-missing");
        VERIFY_RULE(readPipeline(*treeOf({{"model_index.json", "[]"}}), {}), "diffusers.index-not-object");
        VERIFY_RULE(readPipeline(*treeOf({{"model_index.json", "{"}}), {}), "json.syntax");
        VERIFY_RULE(readPipeline(*treeOf({{"model_index.json", ""}}), {}), "file.empty");
    }

    void namesAFolderThatCannotBeListed() {
        test::TempFolder folder;
        folder.write("model_index.json", Index);
        for (int i = 0; i < 5; ++i)
            folder.write("unet/" + std::to_string(i) + ".json", "{}");
        const auto tree = openFolder(folder.path(), 3);
        VERIFY_OK(tree);
        const auto pipeline = readPipeline(**tree, {});
        VERIFY_OK(pipeline);
        COMPARE_TEXT(rulesOf(*pipeline), "diffusers.component-unread");
    }

    void opensThePartsThatAreChosen() {
        test::TempFolder folder;
        folder.write("model_index.json",
                     R"({"a": ["x", "A"], "b": ["x", "B"], "_diffusers_version": "0.40.0"})");
        folder.write("v1.safetensors", weights("root"));
        for (const char* name : {"a", "b"})
            folder.write(name + std::string("/config.json"), "{}");
        folder.write("a/model.safetensors", weights("w.plain"));
        folder.write("a/model.fp16.safetensors", weights("w.half"));
        folder.write("b/model.safetensors", weights("w.plain"));
        const auto looked = survey(folder.path(), {}, {});
        VERIFY_OK(looked);
        COMPARE_TEXT(partsOf(*looked), "|,|fp16,a|,a|fp16,b|");
        COMPARE_TEXT(looked->leftOut.front().name, "a/model.fp16.safetensors");
        COMPARE_TEXT(namesOf(folder.path(), {}), "a/w.plain b/w.plain");
        COMPARE_TEXT(namesOf(folder.path("model_index.json"), {}), "a/w.plain b/w.plain");
        COMPARE_TEXT(namesOf(folder.path(), {.part = {}, .variant = "fp16"}), "a/w.half b/w.plain");
        COMPARE_TEXT(namesOf(folder.path(), {.part = "a", .variant = {}}), "a/w.plain");
        COMPARE_TEXT(namesOf(folder.path("v1.safetensors"), {}), "root");
        const auto opened = open(folder.path(), {}, {});
        VERIFY_OK(opened);
        COMPARE_TEXT((*opened)->facts().writer, "diffusers 0.40.0");
        COMPARE_TEXT((*opened)->tensor(TensorId(0U)).pathPart(0), "a");
        QCOMPARE((*opened)->tensor(TensorId(0U)).pathLength(), 3u);
        QVERIFY((*opened)->findEntry("b/config.json") && (*opened)->findEntry("model_index.json"));
    }

    void showsWeightsThatAreNotMeantForUse() {
        test::TempFolder folder;
        folder.write("model_index.json", R"({"a": ["x", "A"], "b": ["x", "B"]})");
        for (const char* name : {"a", "b"})
            folder.write(name + std::string("/config.json"), "{}");
        folder.write("a/model.non_ema.safetensors", weights("w.ema"));
        folder.write("b/model.fp16.safetensors", weights("w.half"));
        folder.write("b/model.bf16.safetensors", weights("w.brain"));
        COMPARE_TEXT(namesOf(folder.path(), {}), "a/w.ema b/w.brain");
        const auto opened = open(folder.path(), {}, {});
        VERIFY_OK(opened);
        COMPARE_TEXT((*opened)->findings()[0].what.rule->id, "diffusers.training-only");
        COMPARE_TEXT((*opened)->findings()[1].what.rule->id, "diffusers.no-plain-weights");
    }

    /// Findings in a component's file say which component's.
    void findingsNameTheComponent() {
        test::TempFolder folder;
        folder.write("model_index.json", R"({"a": ["x", "A"]})");
        folder.write("a/config.json", "{}");
        folder.write("a/model.safetensors", weights("w").substr(0, weights("w").size() - 2));
        const auto opened = open(folder.path(), {}, {});
        VERIFY_OK(opened);
        COMPARE_TEXT((*opened)->findings()[0].what.rule->id, "safetensors.truncated");
        COMPARE_TEXT((*opened)->findings()[0].what.where.file, "a/model.safetensors");
    }

    /// The cache of huggingface_hub: every file is a link into blobs/.
    void followsLinksToFilesAndRefusesTheOthers() {
        test::TempFolder folder;
        folder.write("blobs/1", Index);
        folder.write("blobs/2", "{}");
        folder.write("blobs/3", "weights");
        std::filesystem::create_directories(folder.path("snapshot/unet"));
        const auto link = [&](const char* from, const char* to) {
            std::filesystem::create_symlink(to, folder.path(from));
        };
        link("snapshot/model_index.json", "../blobs/1");
        link("snapshot/unet/config.json", "../../blobs/2");
        link("snapshot/unet/model.safetensors", "../../blobs/3");
        link("snapshot/unet/inside.txt", "config.json");
        link("snapshot/unet/dangling.json", "nowhere");
        link("snapshot/unet/loop.safetensors", "loop.safetensors");
        QCOMPARE(::mkfifo(folder.path("snapshot/unet/pipe.json").c_str(), 0600), 0);
        const auto tree = openFolder(folder.path("snapshot"));
        VERIFY_OK(tree);
        const auto pipeline = readPipeline(**tree, {});
        VERIFY_OK(pipeline);
        COMPARE_TEXT(rulesOf(*pipeline), "diffusers.link-leaves-folder diffusers.not-a-file "
                                         "diffusers.not-a-file diffusers.not-a-file");
        const auto& unet = pipeline->components[0];
        QCOMPARE(unet.weights.size(), 1u);
        QCOMPARE(unet.weights[0].bytes, 7u);
        QVERIFY(unet.findFile("model.safetensors")->leavesFolder);
    }
};

QTEST_GUILESS_MAIN(PipelineTest)
#include "pipeline_test.moc"
