// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_export.h"
#include "formats/safetensors/header.h"
#include "formats/zip/directory.h"
#include "formats/zip/entry_data.h"
#include "support/pipeline_maker.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace shardlens;
using namespace shardlens::convert;
using nlohmann::json;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

const std::string data = SHARDLENS_TEST_DATA;

std::string readText(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

ExportOptions optionsFor(const std::string& folder, const TempFolder& temp) {
    ExportOptions options;
    options.folder = folder;
    options.output = temp.path("x.dduf");
    options.sync = false;
    return options;
}

JobContext withThreads(unsigned threads) {
    JobContext context;
    context.threads = threads;
    return context;
}

/// Entry name to content, in the archive's order; every CRC is compared.
std::vector<std::pair<std::string, std::string>> entriesOf(const std::string& path) {
    const auto source = *openFile(path);
    const auto directory = *zip::Directory::read(*source, {});
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& entry : directory.entries()) {
        const auto bytes = zip::readEntry(*source, directory, entry, 1 << 30);
        out.emplace_back(entry.name, bytes ? test::textOf(*bytes) : "DAMAGED");
    }
    return out;
}

std::string listOf(const Findings& notes) {
    std::string out;
    for (const auto& note : notes)
        out += std::string(note.what.rule->id) + ": " + describe(note.what) + "\n";
    return out;
}

} // namespace

class DdufExportTest : public QObject {
    Q_OBJECT

    static Result<Report> exported(const ExportOptions& options, unsigned threads = 2) {
        const auto context = withThreads(threads);
        SHARDLENS_TRY(const auto plan, planExport(options, context));
        if (plan.blocked())
            qWarning("%s", listOf(plan.write.notes).c_str());
        return executeExport(plan, options, context);
    }

private slots:
    void fixtures_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("variant");
        for (const auto* name : {"diffusers_sd15", "diffusers_sdxl", "diffusers_sd3", "diffusers_flux"})
            for (const auto* variant : {"", "fp16"})
                QTest::addRow("%s %s", name, variant) << name << variant;
    }
    /// Entries, their order, where they come from, weight maps and what is left out are as recorded.
    void fixtures() {
        QFETCH(const QString, name);
        QFETCH(const QString, variant);
        const auto folder = data + "/" + name.toStdString();
        const auto all = json::parse(readText(data + "/expected/" + name.toStdString() + ".json"));
        const auto& expected = all["dduf"][variant.isEmpty() ? "default" : "fp16"];
        const TempFolder temp;
        auto options = optionsFor(folder, temp);
        options.variant = variant.toStdString();
        const auto plan = planExport(options, {});
        VERIFY_OK(plan);
        QVERIFY2(!plan->blocked(), listOf(plan->write.notes).c_str());
        QCOMPARE(listOf(plan->write.notes).find("export.no-such-variant") != std::string::npos,
                 name == "diffusers_flux" && !variant.isEmpty());
        std::set<std::string> skipped;
        for (const auto& left : plan->write.skipped) {
            QVERIFY2(skipped.insert(left.name).second, left.name.c_str());
            QVERIFY(!left.reason.empty());
        }
        COMPARE_TEXT(json(skipped).dump(1), expected["left_out"].dump(1));
        VERIFY_OK(executeExport(*plan, options, {}));

        const auto entries = entriesOf(options.output);
        json names = json::array();
        for (const auto& [entry, content] : entries)
            names.push_back(entry);
        COMPARE_TEXT(names.dump(1), expected["entries"].dump(1));
        const auto& maps = expected["weight_maps"];
        for (const auto& [entry, content] : entries) {
            const auto from = expected["from"].value(entry, entry);
            if (maps.contains(entry))
                COMPARE_TEXT(json::parse(content)["weight_map"].dump(1), maps[entry].dump(1));
            if (!maps.contains(entry) || from == entry)
                QVERIFY2(content == readText(folder + "/" + from), entry.c_str());
        }
        for (std::size_t i = 0; i != entries.size(); ++i) {
            QCOMPARE(plan->entries[i].offset % (plan->entries[i].bytes >= 1 << 20 ? 4096 : 64), 0u);
            QCOMPARE(plan->entries[i].bytes, entries[i].second.size());
        }
    }

    void sameBytesOnEveryRun() {
        const TempFolder temp, other;
        auto options = optionsFor(data + "/diffusers_sd3", temp);
        options.variant = "fp16";
        VERIFY_OK(exported(options, 1));
        const auto first = temp.read("x.dduf");
        // Another copy of the folder, made in another order and at another time.
        fs::copy(data + "/diffusers_sd3", other.path("copy"), fs::copy_options::recursive);
        options.folder = other.path("copy");
        options.force = true;
        for (const unsigned threads : {1u, 3u, 8u}) {
            VERIFY_OK(exported(options, threads));
            QVERIFY(temp.read("x.dduf") == first);
        }
    }

    void chosenWeights() {
        const TempFolder temp;
        auto options = optionsFor(data + "/diffusers_sd15", temp);
        options.weights = {{"unet", "non_ema"}, {"vae", "fp16"}};
        const auto plan = planExport(options, {});
        VERIFY_OK(plan);
        std::map<std::string, std::string> from;
        for (const auto& entry : plan->entries)
            from[entry.name] = entry.from;
        COMPARE_TEXT(from["unet/diffusion_pytorch_model.safetensors"],
                     "unet/diffusion_pytorch_model.non_ema.safetensors");
        COMPARE_TEXT(from["vae/diffusion_pytorch_model.safetensors"],
                     "vae/diffusion_pytorch_model.fp16.safetensors");
        const auto unet = std::ranges::find(plan->components, "unet", &ExportComponent::name);
        COMPARE_TEXT(unet->weights[*unet->chosen].name, "non_ema");
        QCOMPARE(unet->bytes,
                 fs::file_size(options.folder + "/unet/config.json") +
                     fs::file_size(options.folder + "/unet/diffusion_pytorch_model.non_ema.safetensors"));
    }

    void aComponentLeftOut() {
        const TempFolder temp;
        test::writePipeline(temp);
        auto options = optionsFor(temp.path("pipe"), temp);
        options.exclude = {"text_encoder", "tokenizer"};
        const auto plan = planExport(options, {});
        VERIFY_OK(plan);
        QVERIFY(listOf(plan->write.notes).find("export.excluded") != std::string::npos);
        VERIFY_OK(executeExport(*plan, options, {}));
        const auto entries = entriesOf(options.output);
        QCOMPARE(entries.size(), 4u);
        auto wanted = temp.read("pipe/model_index.json");
        for (const std::string pair :
             {R"(["transformers", "CLIPTextModel"])", R"(["transformers", "CLIPTokenizer"])"})
            wanted.replace(wanted.find(pair), pair.size(), "[null, null]");
        COMPARE_TEXT(entries.front().second, wanted);
        std::set<std::string> skipped;
        for (const auto& left : plan->write.skipped)
            skipped.insert(left.name);
        QVERIFY(skipped.contains("text_encoder/model.safetensors"));
        QVERIFY(skipped.contains("tokenizer/merges.txt"));
    }

    void entriesThatAreSet() {
        const TempFolder temp;
        test::writePipeline(temp);
        temp.write("scheduler.json", "{\"set\": true}");
        temp.write("licence", "words");
        auto options = optionsFor(temp.path("pipe"), temp);
        options.set = {{"scheduler/scheduler_config.json", temp.path("scheduler.json")},
                       {"LICENSE.txt", temp.path("licence")}};
        VERIFY_OK(exported(options));
        const auto list = entriesOf(options.output);
        const std::map<std::string, std::string> entries(list.begin(), list.end());
        COMPARE_TEXT(entries.at("scheduler/scheduler_config.json"), "{\"set\": true}");
        COMPARE_TEXT(entries.at("LICENSE.txt"), "words");
        // Another index decides which folders belong to the pipeline.
        temp.write("index.json", R"({"scheduler": ["diffusers", "DDIMScheduler"]})");
        options.set = {{"model_index.json", temp.path("index.json")}};
        options.force = true;
        VERIFY_OK(exported(options));
        QCOMPARE(entriesOf(options.output).size(), 2u);
    }

    void aListOfEntries() {
        const TempFolder temp;
        test::writePipeline(temp);
        const auto pairs = parseEntryList("unet/config.json=" + temp.path("pipe/unet/config.json") +
                                          "\r\n\nmodel_index.json=" + temp.path("pipe/model_index.json") +
                                          "\nunet/a=b.safetensors=" + temp.path("x"));
        VERIFY_OK(pairs);
        QCOMPARE(pairs->size(), 3u);
        COMPARE_TEXT((*pairs)[2].first, "unet/a");
        ExportOptions options = optionsFor({}, temp);
        options.entries = {pairs->begin(), pairs->begin() + 2};
        VERIFY_OK(exported(options));
        const auto entries = entriesOf(options.output);
        QCOMPARE(entries.size(), 2u);
        COMPARE_TEXT(entries[0].first, "model_index.json");
        COMPARE_TEXT(entries[1].first, "unet/config.json");
        for (const auto* bad : {"", "\n\n", "name", "=path", "name="})
            VERIFY_RULE(parseEntryList(bad), "convert.bad-option");
    }

    void shardsThatAreRenamed() {
        const TempFolder temp;
        test::writePipeline(temp);
        fs::remove(temp.path("pipe/unet/diffusion_pytorch_model.safetensors"));
        const std::string first = "pipe/unet/diffusion_pytorch_model.fp16-0000";
        temp.write(first + "1-of-00002.safetensors", test::safetensorsText({"a", "b"}));
        temp.write(first + "2-of-00002.safetensors", test::safetensorsText({"c"}));
        const std::string one = "diffusion_pytorch_model.fp16-00001-of-00002.safetensors",
                          two = "diffusion_pytorch_model.fp16-00002-of-00002.safetensors";
        temp.write("pipe/unet/diffusion_pytorch_model.safetensors.index.fp16.json",
                   test::indexText({{"c", two}, {"a", one}, {"b", one}}));
        auto options = optionsFor(temp.path("pipe"), temp);
        VERIFY_OK(exported(options));
        const auto list = entriesOf(options.output);
        const std::map<std::string, std::string> entries(list.begin(), list.end());
        const auto index = json::parse(entries.at("unet/diffusion_pytorch_model.safetensors.index.json"));
        COMPARE_TEXT(index["weight_map"].dump(),
                     R"({"a":"diffusion_pytorch_model-00001-of-00002.safetensors",)"
                     R"("b":"diffusion_pytorch_model-00001-of-00002.safetensors",)"
                     R"("c":"diffusion_pytorch_model-00002-of-00002.safetensors"})");
        QCOMPARE(index["metadata"]["total_size"], 48);
        COMPARE_TEXT(entries.at("unet/diffusion_pytorch_model-00002-of-00002.safetensors"),
                     test::safetensorsText({"c"}));
    }

    void picklesOnTheWay() {
        const TempFolder temp;
        fs::copy(data + "/diffusers_sd15", temp.path("pipe"), fs::copy_options::recursive);
        for (const auto* component : {"text_encoder", "vae"})
            for (const auto& file : fs::directory_iterator(temp.path("pipe") + "/" + component))
                if (file.path().extension() == ".safetensors")
                    fs::remove(file.path());
        auto options = optionsFor(temp.path("pipe"), temp);
        auto plan = planExport(options, {});
        VERIFY_OK(plan);
        QVERIFY(plan->blocked());
        QVERIFY(listOf(plan->write.notes).find("export.pickled-only") != std::string::npos);
        VERIFY_RULE(executeExport(*plan, options, {}), "export.pickled-only");
        QVERIFY(!temp.exists("x.dduf"));

        options.convertPickles = true;
        plan = planExport(options, {});
        VERIFY_OK(plan);
        QVERIFY2(!plan->blocked(), listOf(plan->write.notes).c_str());
        VERIFY_OK(executeExport(*plan, options, {}));
        const auto source = *openFile(options.output);
        for (const auto& entry : plan->entries) {
            if (entry.name != "text_encoder/model.safetensors" &&
                entry.name != "vae/diffusion_pytorch_model.safetensors")
                continue;
            const auto header =
                safetensors::readHeader(*source, {}, {entry.offset, entry.offset + entry.bytes});
            VERIFY_OK(header);
            QVERIFY(header->findings.empty());
            QCOMPARE(header->count(), 3u); // what the fixture's pickles hold
            QVERIFY(entry.from.ends_with(".bin"));
        }
        for (const auto& left : plan->write.skipped)
            QVERIFY2(left.name.find("config.json") == std::string::npos, left.name.c_str());
        const auto vae = std::ranges::find(plan->components, "vae", &ExportComponent::name);
        QVERIFY(vae->converted);
        COMPARE_TEXT(vae->weights[*vae->chosen].name, "bin");
    }

    void linksAreRead() {
        const TempFolder temp;
        test::writePipeline(temp, "blobs");
        test::writePipeline(temp);
        for (const auto* file : {"unet/diffusion_pytorch_model.safetensors", "model_index.json"}) {
            fs::remove(temp.path(std::string("pipe/") + file));
            fs::create_symlink(temp.path(std::string("blobs/") + file),
                               temp.path(std::string("pipe/") + file));
        }
        const auto options = optionsFor(temp.path("pipe"), temp);
        const auto plan = planExport(options, {});
        VERIFY_OK(plan);
        QVERIFY(listOf(plan->write.notes).find("diffusers.link-leaves-folder") != std::string::npos);
        VERIFY_OK(executeExport(*plan, options, {}));
        // A loop and what is no file stand against it.
        fs::create_symlink("loop.json", temp.path("pipe/unet/loop.json"));
        const auto blocked = planExport(options, {});
        VERIFY_OK(blocked);
        QVERIFY(blocked->blocked());
    }

    void theIndexStandsForItsFolder() {
        const TempFolder temp;
        test::writePipeline(temp);
        const auto plan = planExport(optionsFor(temp.path("pipe/model_index.json"), temp), {});
        VERIFY_OK(plan);
        QCOMPARE(plan->entries.size(), 8u);
    }

    void theCommandThatDoesTheSame() {
        ExportOptions options;
        options.folder = "my pipe";
        options.output = "x.dduf";
        options.variant = "fp16";
        options.weights = {{"unet", "non_ema"}};
        options.exclude = {"vae"};
        options.convertPickles = true;
        options.set = {{"a.json", "it's"}};
        options.force = true;
        options.sync = false;
        COMPARE_TEXT(
            asCommand(options),
            "shardlens-cli dduf export 'my pipe' --output x.dduf --variant fp16 --weights "
            "unet=non_ema --exclude vae --convert-pickles --set 'a.json=it'\\''s' --force --no-fsync");
    }
};

QTEST_GUILESS_MAIN(DdufExportTest)
#include "dduf_export_test.moc"
