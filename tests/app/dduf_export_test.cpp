// SPDX-License-Identifier: Apache-2.0
#include "support/cli_runner.h"
#include "support/pipeline_maker.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <filesystem>
#include <string>

using namespace shardlens;
using namespace shardlens::test;
namespace fs = std::filesystem;

class DdufExportCommandTest : public QObject {
    Q_OBJECT

    const TempFolder m_temp;
    const std::string m_pipe = m_temp.path("pipe");
    const std::string m_archive = m_temp.path("x.dduf");

    static CliResult run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "dduf");
        arguments.push_back("--json");
        return runCli(arguments);
    }

private slots:
    void initTestCase() {
        writePipeline(m_temp);
        m_temp.write("pipe/v1.safetensors", safetensorsText({"all"}));
    }

    void aPlanIsPrintedAndNothingIsWritten() {
        const auto done = run({"export", m_pipe, "--output", m_archive, "--dry-run"});
        QCOMPARE(done.status, 0);
        const auto document = done.json();
        COMPARE_TEXT(document["command"].get<std::string>(), "dduf export");
        const auto& plan = document["plan"];
        COMPARE_TEXT(plan["files"][0]["path"].get<std::string>(), "model_index.json");
        QCOMPARE(plan["files"].size(), 8u);
        QCOMPARE(plan["files"][3]["tensors"], 2);
        COMPARE_TEXT(plan["files"][3]["names"].dump(), R"(["wte","wpe"])");
        COMPARE_TEXT(plan["skipped"][0]["name"].get<std::string>(), "v1.safetensors");
        QVERIFY(!plan["skipped"][0]["reason"].get<std::string>().empty());
        QVERIFY(plan["bytes_written"] > plan["bytes_read"]);
        QVERIFY(plan["notes"].is_array());
        QVERIFY(!document.contains("report"));
        QVERIFY(!m_temp.exists("x.dduf"));
        const auto& components = document["components"];
        QCOMPARE(components.size(), 5u);
        COMPARE_TEXT(components[1]["chosen"].get<std::string>(), "plain");
        QVERIFY(components[0]["chosen"].is_null());
        QVERIFY(components[3]["absent"].get<bool>());
    }

    void exportAndUnpack() {
        const auto exported = run({"export", m_pipe, "--output", m_archive, "--force", "--no-fsync"});
        QVERIFY2(exported.status == 0, exported.err.c_str());
        const auto document = exported.json();
        const auto& report = document["report"];
        QCOMPARE(report["files"], 1);
        QCOMPARE(report["bytes_written"], fs::file_size(m_archive));
        COMPARE_TEXT(report["verified"].get<std::string>(), "layout");

        const auto checked = run({"check", m_archive, "--deep"});
        QVERIFY2(checked.status == 0, (checked.out + checked.err).c_str());
        COMPARE_TEXT(checked.json()["verdict"].get<std::string>(), "ok");
        for (const auto* reader : {"huggingface_hub", "huggingface.js"})
            QVERIFY(checked.json()["readers"][reader]["opens"].get<bool>());

        const auto unpacked = run({"unpack", m_archive, "--output", m_temp.path("out"), "--no-fsync"});
        QVERIFY2(unpacked.status == 0, unpacked.err.c_str());
        QCOMPARE(unpacked.json()["report"]["files"], 8);
        COMPARE_TEXT(m_temp.read("out/unet/diffusion_pytorch_model.safetensors"),
                     m_temp.read("pipe/unet/diffusion_pytorch_model.safetensors"));
        // Again only with consent.
        const auto again = run({"unpack", m_archive, "--output", m_temp.path("out")});
        QCOMPARE(again.status, 2);
        COMPARE_TEXT(again.json()["error"]["rule"].get<std::string>(), "convert.target-not-empty");
        QCOMPARE(run({"unpack", m_archive, "--output", m_temp.path("out"), "--force"}).status, 0);
        QCOMPARE(run({"export", m_pipe, "--output", m_archive}).status, 2);
    }

    void oneEntry() {
        QCOMPARE(run({"export", m_pipe, "--output", m_archive, "--force", "--no-fsync"}).status, 0);
        const auto done =
            run({"unpack", m_archive, "--output", m_temp.path("one"), "--include", "unet/config.json"});
        QCOMPARE(done.status, 0);
        QCOMPARE(m_temp.names("one"), (std::vector<std::string>{"unet/", "unet/config.json"}));
        const auto wrong = run({"unpack", m_archive, "--output", m_temp.path("no"), "--include", "nothing"});
        QCOMPARE(wrong.status, 2);
        QVERIFY(!m_temp.exists("no"));
    }

    void whatBlocks() {
        const auto blocked = run({"export", m_pipe, "--output", m_temp.path("b.dduf"), "--dry-run", "--set",
                                  "extra/notes.txt=" + m_temp.path("pipe/model_index.json")});
        QCOMPARE(blocked.status, 2);
        const auto document = blocked.json();
        COMPARE_TEXT(document["error"]["rule"].get<std::string>(), "export.unknown-folder");
        QVERIFY(document["plan"]["files"].size() > 8);
        QCOMPARE(run({"export", "--output", m_archive}).status, 2);
        QCOMPARE(run({"export", m_pipe, "--entries", "-", "--output", m_archive}).status, 2);
        QCOMPARE(run({"export", m_temp.path("pipe/unet"), "--output", m_archive}).status, 2);
        QCOMPARE(run({"export", m_pipe, "--output", m_temp.path("b.dduf"), "--weights", "unet"}).status, 2);
        QVERIFY(!m_temp.exists("b.dduf"));
    }

    void whatFailsWhileRunning() {
        QCOMPARE(run({"export", m_pipe, "--output", m_archive, "--force", "--no-fsync"}).status, 0);
        auto bytes = m_temp.read("x.dduf");
        const auto at = bytes.find(m_temp.read("pipe/unet/diffusion_pytorch_model.safetensors"));
        QVERIFY(at != bytes.npos);
        bytes[at + 20] ^= 1;
        const auto damaged = m_temp.write("damaged.dduf", bytes);
        const auto done = run({"unpack", damaged, "--output", m_temp.path("bad")});
        QCOMPARE(done.status, 3);
        COMPARE_TEXT(done.json()["error"]["rule"].get<std::string>(), "zip.crc-mismatch");
        QVERIFY(!m_temp.exists("bad"));
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(
            runCli({"dduf", "export", m_pipe, "--output", m_temp.path("c.dduf")}, stop.get_token()).status,
            130);
        QVERIFY(!m_temp.exists("c.dduf"));
    }

    void aListFromAFile() {
        const auto list =
            m_temp.write("list", "model_index.json=" + m_temp.path("pipe/model_index.json") +
                                     "\nscheduler/scheduler_config.json=" +
                                     m_temp.path("pipe/scheduler/scheduler_config.json") + "\n");
        const auto done =
            run({"export", "--entries", list, "--output", m_temp.path("list.dduf"), "--no-fsync"});
        QVERIFY2(done.status == 0, done.err.c_str());
        QCOMPARE(done.json()["plan"]["files"].size(), 2u);
        QVERIFY(m_temp.exists("list.dduf"));
    }

    void forPeople() {
        const auto done =
            runCli({"dduf", "export", m_pipe, "--output", m_temp.path("people.dduf"), "--dry-run"});
        QCOMPARE(done.status, 0);
        for (const auto* part : {"component", "text_encoder", "plain", "left out", "v1.safetensors"})
            QVERIFY2(done.out.find(part) != std::string::npos, part);
    }
};

QTEST_GUILESS_MAIN(DdufExportCommandTest)
#include "dduf_export_test.moc"
