// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "convert/rules.h"
#include "formats/safetensors/header.h"
#include "io/file_tree.h"
#include "support/slices_on_disk.h"

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
using test::SlicesOnDisk;

namespace fs = std::filesystem;

namespace {

std::string readText(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

struct ReadBack {
    DType dtype = DType::Unknown;
    Dims shape;
    std::vector<std::byte> data;
    std::string file;
    std::uint64_t begin = 0;
};

/// Every tensor of the safetensors files in a folder; `good` is false where any file has a finding.
std::map<std::string, ReadBack> readFolder(const std::string& folder, bool& good) {
    std::map<std::string, ReadBack> out;
    good = true;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto path = entry.path().string();
        if (!path.ends_with(".safetensors"))
            continue;
        const auto file = *openFile(path);
        const auto header = safetensors::readHeader(*file, {});
        good = good && header && header->findings.empty() && *header->findMetadata("format") == "pt" &&
               header->data.begin % 8 == 0;
        if (!header)
            continue;
        for (std::uint32_t i = 0; i != header->count(); ++i) {
            const auto shape = header->shape(i);
            ReadBack tensor{header->dtype[i],
                            Dims(shape.begin(), shape.end()),
                            {},
                            entry.path().filename().string(),
                            header->begin[i]};
            tensor.data.resize(header->stored(i).size());
            good = good && file->readAt(header->begin[i], tensor.data) &&
                   out.emplace(header->name(i), std::move(tensor)).second;
        }
    }
    return out;
}

bool has(const Findings& notes, std::string_view rule) {
    return std::ranges::any_of(notes, [rule](const Finding& note) { return note.what.rule->id == rule; });
}

std::string errors(const Findings& notes) {
    std::string text;
    for (const auto& note : notes)
        text += describe(note.what) + '\n';
    return text;
}

std::vector<std::string> namesIn(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            names.push_back(fs::relative(entry.path(), folder).string());
    std::ranges::sort(names);
    return names;
}

} // namespace

class ConsolidationTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_number = 0;

    std::string newFolder(const char* name, bool make = true) {
        const auto path = m_folder.filePath(QString("%1-%2").arg(name).arg(m_number++)).toStdString();
        if (make)
            fs::create_directory(path);
        return path;
    }

    /// A small model in four files, cut in rows and columns, with every dtype that safetensors has in whole
    /// bytes.
    SlicesOnDisk smallModel() {
        SlicesOnDisk model(newFolder("source"));
        for (const auto& entry : allDTypes())
            if (entry.inSafetensors && entry.bits >= 8) {
                model.add("rows." + std::string(entry.name), entry.dtype, {13, 5}, 0, 4);
                model.add("columns." + std::string(entry.name), entry.dtype, {3, 14, 2}, 1, 4);
                model.add("scalar." + std::string(entry.name), entry.dtype, {});
            }
        model.add("empty", DType::F32, {0, 4}, 0, 1);
        return model;
    }

    /// Runs a conversion that must succeed and compares every tensor with the model.
    Report convertAndCompare(SlicesOnDisk& model, const CheckpointPtr& source, Options options,
                             unsigned threads = 2, std::uint64_t memory = 256 << 20) {
        JobContext context;
        context.threads = threads;
        context.memory = memory;
        const auto plan = planConversion(source, options, context);
        if (!plan) {
            QTest::qFail(describe(plan.error()).c_str(), __FILE__, __LINE__);
            return {};
        }
        const auto report = execute(*plan, options, context);
        if (!report) {
            QTest::qFail((describe(report.error()) + errors(plan->notes)).c_str(), __FILE__, __LINE__);
            return {};
        }
        bool good = false;
        const auto tensors = readFolder(options.output, good);
        if (!good)
            QTest::qFail("a file is not sound", __FILE__, __LINE__);
        if (tensors.size() != model.tensors().size())
            QTest::qFail("another number of tensors", __FILE__, __LINE__);
        for (const auto& tensor : model.tensors()) {
            const auto found = tensors.find(tensor.name);
            if (found == tensors.end() || found->second.dtype != tensor.dtype ||
                found->second.shape != tensor.shape || found->second.data != tensor.data)
                QTest::qFail(("differs: " + tensor.name).c_str(), __FILE__, __LINE__);
            else if (found->second.begin % std::max<std::uint64_t>(1, bitsOf(tensor.dtype) / 8u) != 0)
                QTest::qFail(("not aligned: " + tensor.name).c_str(), __FILE__, __LINE__);
        }
        return *report;
    }

private slots:
    void consolidatesIntoOneFile() {
        auto model = smallModel();
        const auto source = model.build(4);
        Options options;
        options.output = newFolder("out", false);
        options.verify = convert::Verify::Full;
        const auto report = convertAndCompare(model, source, options);
        QCOMPARE(report.files, 1u);
        QCOMPARE(report.verified, convert::Verify::Full);
        QCOMPARE(namesIn(options.output), std::vector<std::string>{"model.safetensors"});
        QCOMPARE(report.bytesWritten, std::uint64_t{fs::file_size(options.output + "/model.safetensors")});
    }

    void writesToAnEmptyFolderAndToAFile() {
        auto model = smallModel();
        const auto source = model.build(4);
        Options options;
        options.output = newFolder("out");
        convertAndCompare(model, source, options);
        const auto folder = newFolder("file");
        options.output = folder + "/mine.safetensors";
        const auto plan = *planConversion(source, options, {});
        QVERIFY(plan.singleFile);
        QVERIFY(execute(plan, options, {}));
        QCOMPARE(namesIn(folder), std::vector<std::string>{"mine.safetensors"});
    }

    void splitsAsHuggingfaceHubDoes() {
        SlicesOnDisk model(newFolder("source"));
        const std::vector<std::uint64_t> sizes{40, 50, 120, 30, 100, 60, 40, 1};
        for (std::size_t i = 0; i != sizes.size(); ++i)
            model.add("t" + std::to_string(i), DType::U8, {sizes[i]});
        const auto source = model.build();
        Options options;
        options.output = newFolder("out", false);
        options.maxShardSize = 100;
        const auto plan = *planConversion(source, options, {});
        std::vector<std::vector<std::string>> files;
        for (const auto& file : plan.files)
            if (file.role == PlannedFile::Role::Weights)
                files.push_back(file.tensors);
        const std::vector<std::vector<std::string>> expected{{"t2"}, {"t0", "t1"}, {"t3"},
                                                             {"t4"}, {"t5", "t6"}, {"t7"}};
        QCOMPARE(files, expected);
        QCOMPARE(plan.files[0].path, std::string("model-00001-of-00006.safetensors"));
        QCOMPARE(plan.files.back().path, std::string("model.safetensors.index.json"));
        convertAndCompare(model, source, options);
        const auto text = readText(options.output + "/model.safetensors.index.json");
        QVERIFY(text.starts_with(
            "{\n  \"metadata\": {\n    \"total_size\": 441\n  },\n  \"weight_map\": {\n    \"t2\": "
            "\"model-00001-of-00006.safetensors\",\n"));
        QVERIFY(text.ends_with("\"t7\": \"model-00006-of-00006.safetensors\"\n  }\n}"));
    }

    void alignsDataWhereNamesKeepTheirOrder() {
        SlicesOnDisk model(newFolder("source"));
        model.add("a", DType::U8, {3});
        model.add("b", DType::F64, {2});
        model.add("c", DType::BF16, {1});
        model.add("d", DType::F32, {1});
        Options options;
        options.output = newFolder("out", false);
        const auto source = model.build();
        QCOMPARE(planConversion(source, options, {})->files[0].tensors,
                 (std::vector<std::string>{"a", "b", "c", "d"}));
        convertAndCompare(model, source, options);
    }

    void writesLargeTensorsInSegments_data() {
        QTest::addColumn<unsigned>("threads");
        QTest::addColumn<quint64>("memory");
        QTest::newRow("one thread") << 1u << quint64{256 << 20};
        QTest::newRow("two threads") << 2u << quint64{256 << 20};
        QTest::newRow("eight threads, little memory") << 8u << quint64{1 << 20};
    }
    void writesLargeTensorsInSegments() {
        QFETCH(unsigned, threads);
        QFETCH(quint64, memory);
        SlicesOnDisk model(newFolder("source"));
        model.add("head", DType::U8, {5});
        model.add("rows", DType::BF16, {3001, 701}, 0, 8);
        model.add("columns", DType::F32, {1501, 1203}, 1, 8);
        model.add("tiny columns", DType::U8, {100'000, 11}, 1, 8);
        Options options;
        options.output = newFolder("out", false);
        options.verify = convert::Verify::Full;
        options.maxShardSize = 9'000'000;
        const auto source = model.build(8);
        convertAndCompare(model, source, options, threads, memory);
    }

    void refusesToOverwrite() {
        auto model = smallModel();
        const auto source = model.build(4);
        Options options;
        options.output = newFolder("out");
        std::ofstream(options.output + "/mine.txt") << "precious";
        const auto plan = *planConversion(source, options, {});
        QVERIFY(has(*preflight(plan, options, {}), "convert.target-not-empty"));
        QVERIFY(!execute(plan, options, {}));
        QCOMPARE(namesIn(options.output), std::vector<std::string>{"mine.txt"});
        options.force = true;
        QVERIFY(execute(plan, options, {}));
        QCOMPARE(namesIn(options.output), (std::vector<std::string>{"mine.txt", "model.safetensors"}));
        options.force = false;
        options.output += "/model.safetensors";
        const auto file = *planConversion(source, options, {});
        QVERIFY(has(*preflight(file, options, {}), "io.target-exists"));
    }

    void forceReplacesWhatAnEarlierRunLeft() {
        auto model = smallModel();
        const auto source = model.build(4);
        Options options;
        options.output = newFolder("out", false);
        options.maxShardSize = 200;
        convertAndCompare(model, source, options);
        QVERIFY(namesIn(options.output).size() > 5);
        std::ofstream(options.output + "/README.md") << "stays";
        options.maxShardSize.reset();
        options.force = true;
        convertAndCompare(model, source, options);
        QCOMPARE(namesIn(options.output), (std::vector<std::string>{"README.md", "model.safetensors"}));
    }

    void refusesInputsAsTargets() {
        const auto folder = newFolder("source");
        SlicesOnDisk model(folder);
        model.add("a", DType::F32, {10}, 0, 2);
        const auto source = model.build(2);
        Options options;
        options.force = true;
        options.output = folder;
        QVERIFY(
            has(*preflight(*planConversion(source, options, {}), options, {}), "convert.target-is-input"));
        options.output = newFolder("link", false);
        fs::create_directory_symlink(folder, options.output);
        QVERIFY(
            has(*preflight(*planConversion(source, options, {}), options, {}), "convert.target-is-input"));
        options.output = newFolder("file") + "/x.safetensors";
        fs::create_hard_link(model.path(0), options.output);
        const auto plan = *planConversion(source, options, {});
        QVERIFY(has(*preflight(plan, options, {}), "convert.target-is-input"));
        QVERIFY(!execute(plan, options, {}));
    }

    void wantsRoom() {
        auto model = smallModel();
        const auto source = model.build(4);
        Options options;
        options.output = newFolder("out", false);
        auto plan = *planConversion(source, options, {});
        plan.bytesWritten = std::uint64_t{1} << 60;
        QVERIFY(has(*preflight(plan, options, {}), "io.no-space"));
        QVERIFY(!execute(plan, options, {}));
        QVERIFY(!fs::exists(options.output));
    }
};

QTEST_GUILESS_MAIN(ConsolidationTest)
#include "consolidation_test.moc"
