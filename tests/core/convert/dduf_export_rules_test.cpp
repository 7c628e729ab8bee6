// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_export.h"
#include "support/pipeline_maker.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <filesystem>
#include <functional>
#include <string>

using namespace shardlens;
using namespace shardlens::convert;
using test::safetensorsText;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

using Spoil = std::function<void(const TempFolder&, ExportOptions&)>;

/// What the plan of a spoilt pipeline says: the rules of its notes, or the one it failed with.
std::string verdict(const Spoil& spoil, bool ofFolder = true) {
    const TempFolder temp;
    test::writePipeline(temp);
    ExportOptions options;
    options.output = temp.path("x.dduf");
    if (ofFolder)
        options.folder = temp.path("pipe");
    spoil(temp, options);
    const auto plan = planExport(options, {});
    if (!plan)
        return "failed " + std::string(plan.error().rule->id);
    std::string out;
    for (const auto& note : plan->write.notes)
        out += std::string(out.empty() ? "" : " ") + std::string(note.what.rule->id);
    if (plan->blocked() == executeExport(*plan, options, {}).has_value())
        return "blocked and not: " + out;
    if (plan->blocked() && temp.exists("x.dduf"))
        return "something was written";
    return plan->blocked() ? "blocked " + out : out;
}

void removeAll(const TempFolder& temp, const std::string& path) {
    fs::remove_all(temp.path("pipe/" + path));
}

const std::string UnetFile = "pipe/unet/diffusion_pytorch_model";

/// Two shards of the UNet in place of its one file.
void shardUnet(const TempFolder& temp) {
    removeAll(temp, "unet/diffusion_pytorch_model.safetensors");
    temp.write(UnetFile + "-00001-of-00002.safetensors", safetensorsText({"a", "b"}));
    temp.write(UnetFile + "-00002-of-00002.safetensors", safetensorsText({"c"}));
}

const std::string One = "diffusion_pytorch_model-00001-of-00002.safetensors",
                  Two = "diffusion_pytorch_model-00002-of-00002.safetensors";

void list(const TempFolder& temp, ExportOptions& options, const std::string& name, const std::string& path) {
    options.entries.emplace_back(name, temp.path(path));
}

} // namespace

class DdufExportRulesTest : public QObject {
    Q_OBJECT

private slots:
    void soundPipelinesSayNothing() {
        COMPARE_TEXT(verdict([](const TempFolder&, ExportOptions&) {}), "");
    }

    void whatIsAskedFor() {
        COMPARE_TEXT(verdict([](auto&, auto& o) { o.exclude = {"nothing"}; }),
                     "failed export.no-such-component");
        COMPARE_TEXT(verdict([](auto&, auto& o) { o.exclude = {"image_encoder"}; }), // absent already
                     "failed export.no-such-component");
        COMPARE_TEXT(verdict([](auto&, auto& o) {
                         o.weights = {{"vae", "plain"}};
                     }),
                     "failed export.no-such-component");
        COMPARE_TEXT(verdict([](auto&, auto& o) {
                         o.weights = {{"unet", "fp8"}};
                     }),
                     "failed export.no-such-weights");
        COMPARE_TEXT(verdict([](auto&, auto& o) { o.variant = "fp16"; }), "export.no-such-variant");
        COMPARE_TEXT(verdict([](const TempFolder& temp, ExportOptions& o) {
                         temp.write(UnetFile + ".fp16.safetensors", safetensorsText({"conv"}));
                         o.variant = "fp16";
                     }),
                     "export.fell-back");
        COMPARE_TEXT(verdict([](auto&, auto& o) { o.exclude = {"unet"}; }), "export.excluded");
        for (const auto* entry : {"unet/model.safetensors", "a/b/c.json", "../x.json", "/x.txt"})
            COMPARE_TEXT(verdict([&](auto& temp, auto& o) {
                             o.set = {{entry, temp.path("pipe/model_index.json")}};
                         }),
                         "failed convert.bad-option");
        COMPARE_TEXT(verdict([](auto&, auto& o) { o.set = {{"a.txt", "/nowhere"}}; }), "failed io.not-found");
        COMPARE_TEXT(verdict([](auto& temp, auto& o) { o.output = temp.path("x.zip"); }),
                     "failed convert.bad-option");
        COMPARE_TEXT(verdict([](auto&, auto& o) { o.output = {}; }), "failed convert.bad-option");
    }

    void components() {
        COMPARE_TEXT(verdict([](auto& temp, auto&) { removeAll(temp, "unet"); }),
                     "blocked export.component-missing");
        COMPARE_TEXT(verdict([](auto& temp, ExportOptions& o) {
                         removeAll(temp, "unet");
                         o.exclude = {"unet"};
                     }),
                     "export.excluded");
        COMPARE_TEXT(verdict([](auto& temp, auto&) { removeAll(temp, "text_encoder/model.safetensors"); }),
                     "blocked export.no-weights");
        COMPARE_TEXT(verdict([](const TempFolder& temp, auto&) {
                         removeAll(temp, "text_encoder/model.safetensors");
                         temp.write("pipe/text_encoder/pytorch_model.bin", "PK");
                     }),
                     "blocked export.pickled-only");
        COMPARE_TEXT(verdict([](const TempFolder& temp, auto&) {
                         removeAll(temp, "unet/diffusion_pytorch_model.safetensors");
                         temp.write(UnetFile + ".non_ema.safetensors", safetensorsText({"conv"}));
                     }),
                     "blocked export.no-obvious-weights");
        COMPARE_TEXT(verdict([](const TempFolder& temp, auto&) {
                         removeAll(temp, "unet/diffusion_pytorch_model.safetensors");
                         temp.write(UnetFile + ".fp16.safetensors", safetensorsText({"conv"}));
                         temp.write(UnetFile + ".bf16.safetensors", safetensorsText({"conv"}));
                     }),
                     "blocked export.no-obvious-weights");
        COMPARE_TEXT(verdict([](const TempFolder& temp, auto&) {
                         removeAll(temp, "unet/diffusion_pytorch_model.safetensors");
                         temp.write("pipe/unet/shard-00001-model-00001-of-00001.safetensors",
                                    safetensorsText({"conv"}));
                     }),
                     "blocked export.slices");
        COMPARE_TEXT(verdict([](auto& temp, auto&) { removeAll(temp, "unet/config.json"); }),
                     "blocked export.no-config");
    }

    void weightMaps() {
        COMPARE_TEXT(verdict([](auto& temp, auto&) { shardUnet(temp); }), "export.index-made");
        COMPARE_TEXT(verdict([](auto& temp, auto&) {
                         shardUnet(temp);
                         removeAll(temp, "unet/" + One);
                     }),
                     "blocked export.shard-missing");
        const auto indexed = [](std::vector<std::pair<std::string, std::string>> map) {
            return verdict([&](const TempFolder& temp, ExportOptions&) {
                shardUnet(temp);
                temp.write(UnetFile + ".safetensors.index.json", test::indexText(map));
            });
        };
        COMPARE_TEXT(indexed({{"a", One}, {"b", One}, {"c", Two}}), "");
        COMPARE_TEXT(indexed({{"a", Two}, {"b", One}, {"c", Two}}), "export.map-corrected");
        COMPARE_TEXT(indexed({{"a", One}, {"c", Two}}), "export.unmapped");
        COMPARE_TEXT(indexed({{"a", One}, {"b", One}, {"c", Two}, {"d", Two}}),
                     "blocked export.tensor-missing");
        COMPARE_TEXT(indexed({{"a", One},
                              {"b", One},
                              {"c", Two},
                              {"d", "diffusion_pytorch_model-00003-of-00003.safetensors"}}),
                     "blocked export.shard-missing export.tensor-missing");
    }

    void contents() {
        COMPARE_TEXT(
            verdict([](const TempFolder& temp, auto&) { temp.write("pipe/unet/config.json", "{\"a\": }"); }),
            "blocked export.bad-json");
        COMPARE_TEXT(verdict([](const TempFolder& temp, auto&) {
                         temp.write("pipe/tokenizer/spiece.model",
                                    "version https://git-lfs.github.com/spec/v1\nsize 12\n");
                     }),
                     "blocked file.lfs-pointer");
        COMPARE_TEXT(verdict([](const TempFolder& temp, auto&) {
                         auto text = safetensorsText({"conv"});
                         text.resize(text.size() - 3);
                         temp.write(UnetFile + ".safetensors", text);
                     }),
                     "blocked export.bad-header");
        COMPARE_TEXT(verdict([](const TempFolder& temp, auto&) {
                         temp.write("pipe/tokenizer/added.py", "print()");
                         temp.write("pipe/tokenizer/more.json", "");
                     }),
                     "blocked file.empty");
    }

    void lists() {
        const auto listed = [](const Spoil& spoil) {
            return verdict(spoil, false);
        };
        const auto sound = [](const TempFolder& temp, ExportOptions& options) {
            temp.write("index.json", R"({"unet": ["diffusers", "UNet2DConditionModel"]})");
            list(temp, options, "model_index.json", "index.json");
            list(temp, options, "unet/config.json", "pipe/unet/config.json");
        };
        COMPARE_TEXT(listed(sound), "");
        COMPARE_TEXT(
            listed([](auto& temp, auto& o) { list(temp, o, "unet/config.json", "pipe/unet/config.json"); }),
            "blocked export.no-index");
        COMPARE_TEXT(listed([](const TempFolder& temp, ExportOptions& o) {
                         temp.write("index.json", "[]");
                         list(temp, o, "model_index.json", "index.json");
                     }),
                     "blocked export.bad-index");
        COMPARE_TEXT(listed([](auto& temp, auto& o) {
                         list(temp, o, "model_index.json", "pipe/model_index.json");
                         list(temp, o, "scheduler/scheduler_config.json",
                              "pipe/scheduler/scheduler_config.json");
                     }),
                     "export.nothing-of-component export.nothing-of-component "
                     "export.nothing-of-component");
        for (const std::string name : {"../evil.json", "/abs.json", "a/b/c.json", "a\\b.json", "unet/x.py",
                                       "unet/x", "unet/\xff.json", "C:/x.json", "unet/", "a\nb.json"})
            QVERIFY2(listed([&](auto& temp, auto& o) {
                         sound(temp, o);
                         list(temp, o, name, "pipe/unet/config.json");
                     }).starts_with("blocked export.bad-name"),
                     name.c_str());
        COMPARE_TEXT(listed([&](auto& temp, auto& o) {
                         sound(temp, o);
                         list(temp, o, "unet/config.json", "pipe/text_encoder/config.json");
                     }),
                     "blocked export.repeated-name");
        COMPARE_TEXT(listed([&](auto& temp, auto& o) {
                         sound(temp, o);
                         list(temp, o, "unet/Config.json", "pipe/text_encoder/config.json");
                     }),
                     "export.names-differ-in-case");
        COMPARE_TEXT(listed([&](auto& temp, auto& o) {
                         sound(temp, o);
                         list(temp, o, "vae/config.json", "pipe/unet/config.json");
                     }),
                     "blocked export.unknown-folder");
        COMPARE_TEXT(listed([&](const TempFolder& temp, ExportOptions& o) {
                         sound(temp, o);
                         temp.write("a.safetensors", safetensorsText({"a"}));
                         list(temp, o, "unet/model.safetensors", "a.safetensors");
                         list(temp, o, "unet/model.fp16.safetensors", "a.safetensors");
                     }),
                     "export.several-weights");
    }
};

QTEST_GUILESS_MAIN(DdufExportRulesTest)
#include "dduf_export_rules_test.moc"
