// SPDX-License-Identifier: Apache-2.0
#include "support/cli_runner.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <string>

using namespace shardlens;
using test::runCli;

namespace {

const std::string data = SHARDLENS_TEST_DATA;
const std::string sound = data + "/dduf_sd15/sd15.dduf";
const std::string hostile = SHARDLENS_TEST_HOSTILE "/dduf/";

} // namespace

class DdufCommandsTest : public QObject {
    Q_OBJECT

private slots:
    void checkSaysThreeVerdicts() {
        const auto result = runCli({"dduf", "check", sound, "--deep", "--json"});
        QCOMPARE(result.status, 0);
        const auto json = result.json();
        QCOMPARE(json["command"], "dduf check");
        QCOMPARE(json["verdict"], "ok");
        QVERIFY(json["findings"].empty());
        QCOMPARE(json["readers"]["huggingface_hub"]["opens"], true);
        QVERIFY(json["readers"]["huggingface.js"]["reason"].is_null());
    }

    void checkRefuses() {
        const auto result = runCli({"--json", "dduf", "check"});
        QCOMPARE(result.status, 2);
        const auto refused = runCli({"dduf", "check", data + "/dduf_dotdot/tiny.dduf", "--json"});
        QCOMPARE(refused.status, 1);
        QCOMPARE(refused.json()["verdict"], "refused");
        QCOMPARE(refused.json()["readers"]["huggingface_hub"]["opens"], false);
        QCOMPARE(refused.json()["readers"]["huggingface.js"]["opens"], true);
        const auto words = runCli({"dduf", "check", data + "/dduf_dotdot/tiny.dduf"});
        QVERIFY(words.out.find("dduf.entry-name") != std::string::npos);
        QVERIFY(words.out.find("huggingface.js   opens it") != std::string::npos);
    }

    void onlyADeepCheckReadsTheData() {
        const auto path = hostile + "deep+zip.crc-mismatch.dduf";
        QCOMPARE(runCli({"dduf", "check", path}).status, 0);
        const auto deep = runCli({"dduf", "check", path, "--deep", "--json"});
        QCOMPARE(deep.status, 1);
        QCOMPARE(deep.json()["findings"][0]["rule"], "zip.crc-mismatch");
        QCOMPARE(runCli({"check", path, "--deep"}).status, 1);
        const auto listed = runCli({"dduf", "ls", path, "--deep", "--json"});
        QCOMPARE(listed.status, 1);
        QCOMPARE(listed.json()["entries"][1]["intact"], false);
        QCOMPARE(listed.json()["entries"][0]["intact"], true);
    }

    void whatIsNoFileCannotBeOpened() {
        for (const char* command : {"check", "ls"})
            QCOMPARE(runCli({"dduf", command, data + "/nowhere.dduf"}).status, 2);
        QCOMPARE(runCli({"dduf"}).status, 2);
        QCOMPARE(runCli({"dduf", "burn", sound}).status, 2);
        QCOMPARE(runCli({"dduf", "ls", hostile + "zip.truncated.dduf"}).status, 2);
    }

    void lsTellsWhereDataLies() {
        const auto json = runCli({"dduf", "ls", sound, "--json"}).json();
        QCOMPARE(json["command"], "dduf ls");
        QCOMPARE(json["entries"].size(), std::size_t(16));
        QCOMPARE(json["entries"][0]["name"], "model_index.json");
        QCOMPARE(json["entries"][0]["offset"], 66);
        QCOMPARE(json["entries"][0]["length"], 625);
        QVERIFY(json["entries"][0]["crc32"].is_number_unsigned());
        const auto words = runCli({"dduf", "ls", sound});
        QVERIFY(words.out.find("unet/diffusion_pytorch_model.safetensors") != std::string::npos);
    }

    void catGivesTheBytes() {
        const auto config = runCli({"dduf", "cat", sound, "vae/config.json"});
        QCOMPARE(config.status, 0);
        QCOMPARE(config.out.size(), std::size_t(583));
        QVERIFY(config.out.find("AutoencoderKL") != std::string::npos);
        const auto document = runCli({"dduf", "cat", sound, "vae/config.json", "--json"}).json();
        QCOMPARE(document["text"].get<std::string>(), config.out);
        QCOMPARE(runCli({"dduf", "cat", data + "/dduf_compressed/tiny.dduf", "vae/config.json"}).out,
                 R"({"_class_name": "AutoencoderKL"})");
        const auto absent = runCli({"dduf", "cat", sound, "vae/none.json", "--json"});
        QCOMPARE(absent.status, 2);
        QCOMPARE(absent.json()["error"]["rule"], "cli.no-such-entry");
        QCOMPARE(runCli({"dduf", "cat", hostile + "deep+zip.crc-mismatch.dduf", "vae/config.json"}).status,
                 3);
    }

    void tensorsAreShownInTheirEntries() {
        const auto info = runCli({"info", sound, "--json"}).json();
        QCOMPARE(info["format"], "dduf");
        QCOMPARE(info["files"].size(), std::size_t(1));
        const auto slice =
            runCli({"ls", sound, "=vae/quant_conv.bias", "--json"}).json()["tensors"][0]["slices"][0];
        QCOMPARE(slice["file"], "vae/diffusion_pytorch_model.safetensors");
        QCOMPARE(slice["archive"], "sd15.dduf");
        QCOMPARE(runCli({"compare", sound, data + "/diffusers_sd15"}).status, 0);
    }

    void pipelinesAndTheirVariants() {
        const auto folder = data + "/diffusers_sd15";
        const auto info = runCli({"info", folder, "--json"}).json();
        QCOMPARE(info["format"], "diffusers");
        QCOMPARE(info["variants"], (std::vector<std::string>{"fp16", "non_ema"}));
        QCOMPARE(info["dtypes"], (nlohmann::json{{"F32", 364}}));
        QCOMPARE(runCli({"info", folder, "--variant", "fp16", "--json"}).json()["dtypes"],
                 (nlohmann::json{{"F16", 364}}));
        const auto part = runCli({"ls", folder, "--part", "vae", "--json"}).json();
        QVERIFY(part["tensors"].size() > 10);
        for (const auto& tensor : part["tensors"])
            QVERIFY(tensor["name"].get<std::string>().starts_with("vae/"));
        QCOMPARE(runCli({"info", folder, "--variant", "bf16"}).status, 2);
        const auto formats = runCli({"formats", "--json"}).json();
        QVERIFY(formats.dump().find("\"dduf\"") != std::string::npos);
        QVERIFY(formats.dump().find("\"diffusers\"") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(DdufCommandsTest)
#include "dduf_test.moc"
