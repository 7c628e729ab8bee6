// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_export.h"
#include "support/pipeline_maker.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

using namespace shardlens;
using namespace shardlens::convert;
using nlohmann::json;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

ExportOptions optionsFor(const std::string& folder, const TempFolder& temp) {
    ExportOptions options;
    options.folder = folder;
    options.output = temp.path("x.dduf");
    options.sync = false;
    return options;
}

std::string listOf(const Findings& notes) {
    std::string out;
    for (const auto& note : notes)
        out += std::string(note.what.rule->id) + ": " + describe(note.what) + "\n";
    return out;
}

} // namespace

/// Exports that cannot end well: nothing stands under a final name, and what stood there stays.
class DdufFaultsTest : public QObject {
    Q_OBJECT

    /// A UNet whose one tensor has that many bytes, all of them a hole.
    static void giveSparseUnet(const TempFolder& temp, std::uint64_t bytes) {
        json header;
        header["t"] = {{"dtype", "U8"}, {"shape", {bytes}}, {"data_offsets", {0, bytes}}};
        auto text = header.dump();
        text.resize((text.size() + 7) / 8 * 8, ' ');
        const auto path = temp.write("pipe/unet/diffusion_pytorch_model.safetensors",
                                     static_cast<char>(text.size()) + std::string(7, '\0') + text);
        fs::resize_file(path, 8 + text.size() + bytes);
    }

private slots:
    void nothingIsLeftBehind() {
        const TempFolder temp;
        test::writePipeline(temp);
        auto options = optionsFor(temp.path("pipe"), temp);
        const auto plan = planExport(options, {});
        VERIFY_OK(plan);
        // Cancelled before, and a file that changes meanwhile.
        std::stop_source stop;
        stop.request_stop();
        JobContext cancelled;
        cancelled.stop = stop.get_token();
        VERIFY_RULE(executeExport(*plan, options, cancelled), "job.cancelled");
        VERIFY_RULE(planExport(options, cancelled), "job.cancelled");
        temp.write("pipe/unet/config.json", "{\"changed\": 1}");
        QVERIFY(!executeExport(*plan, options, {}));
        QCOMPARE(
            temp.names(),
            (std::vector<std::string>{
                "pipe/", "pipe/model_index.json", "pipe/scheduler/", "pipe/scheduler/scheduler_config.json",
                "pipe/text_encoder/", "pipe/text_encoder/config.json", "pipe/text_encoder/model.safetensors",
                "pipe/tokenizer/", "pipe/tokenizer/merges.txt", "pipe/tokenizer/tokenizer_config.json",
                "pipe/unet/", "pipe/unet/config.json", "pipe/unet/diffusion_pytorch_model.safetensors"}));
        // An archive that stands there is replaced only when that is allowed, and is whole until then.
        temp.write("x.dduf", "mine");
        const auto again = planExport(options, {});
        VERIFY_OK(again);
        VERIFY_RULE(executeExport(*again, options, {}), "io.target-exists");
        COMPARE_TEXT(temp.read("x.dduf"), "mine");
        options.force = true;
        VERIFY_OK(executeExport(*again, options, {}));
        QVERIFY(temp.read("x.dduf").starts_with("PK"));
    }

    /// A component of eight tebibytes that takes no room: the disk is asked before the first byte.
    void aFullDisk() {
        const TempFolder temp;
        test::writePipeline(temp);
        const auto options = optionsFor(temp.path("pipe"), temp);
        giveSparseUnet(temp, std::uint64_t{8} << 40);
        const auto plan = planExport(options, {});
        VERIFY_OK(plan);
        QVERIFY2(!plan->blocked(), listOf(plan->write.notes).c_str());
        const auto found = checkExport(*plan, options, {});
        VERIFY_OK(found);
        QVERIFY(listOf(*found).starts_with("io.no-space"));
        VERIFY_RULE(executeExport(*plan, options, {}), "io.no-space");
        QVERIFY(!temp.exists("x.dduf"));
    }

    void cancelledWhileWriting() {
        const TempFolder temp;
        test::writePipeline(temp);
        const auto options = optionsFor(temp.path("pipe"), temp);
        giveSparseUnet(temp, std::uint64_t{1} << 30);
        const auto plan = planExport(options, {});
        VERIFY_OK(plan);
        std::stop_source stop;
        Progress progress;
        JobContext context;
        context.stop = stop.get_token();
        context.progress = &progress;
        std::atomic<bool> ended{false};
        std::thread canceller([&] {
            while (!ended && (progress.snapshot().stage != "writing" || progress.snapshot().done == 0))
                std::this_thread::yield();
            stop.request_stop();
        });
        const auto report = executeExport(*plan, options, context);
        ended = true;
        canceller.join();
        VERIFY_RULE(report, "job.cancelled");
        QCOMPARE(fs::directory_iterator(temp.path())->path().filename().string(), std::string("pipe"));
        QVERIFY(!temp.exists("x.dduf"));
    }
};

QTEST_GUILESS_MAIN(DdufFaultsTest)
#include "dduf_faults_test.moc"
