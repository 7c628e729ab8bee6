// SPDX-License-Identifier: Apache-2.0
// What the reference consolidations get wrong, shown right. The data folder's fixtures (references_test)
// hold scalars, integer and F8 dtypes, names that a map lists and no slice holds or that no map lists,
// missing tail and inner slices, slices beside whole tensors, overlaps and dtypes that disagree. Here is
// what needs files of its own or a look at how they are read.
#include "convert/convert.h"
#include "formats/open.h"
#include "formats/safetensors/header.h"
#include "support/fault_source.h"
#include "support/rank_file.h"
#include "support/slices_on_disk.h"

#include <QtTest>

#include <atomic>
#include <filesystem>
#include <map>
#include <numeric>
#include <random>

using namespace shardlens;
using namespace shardlens::convert;
using test::FaultSource;
using test::RankFile;
using test::SlicesOnDisk;

namespace fs = std::filesystem;

namespace {

/// Sources that count, in the place of a checkpoint's own.
struct Counted {
    std::vector<std::shared_ptr<FaultSource>> sources;

    CheckpointPtr build(SlicesOnDisk& model, std::size_t files) {
        return model.build(files, [&](CheckpointBuilder& builder) {
            for (std::size_t i = 0; i != files; ++i) {
                auto& source = builder.file(FileId(i)).source;
                sources.push_back(std::make_shared<FaultSource>(source));
                source = sources.back();
            }
        });
    }
    std::uint64_t reads() const {
        return std::accumulate(sources.begin(), sources.end(), std::uint64_t{0},
                               [](std::uint64_t sum, const auto& source) { return sum + source->reads(); });
    }
    std::uint64_t bytes() const {
        return std::accumulate(
            sources.begin(), sources.end(), std::uint64_t{0},
            [](std::uint64_t sum, const auto& source) { return sum + source->bytesRead(); });
    }
};

/// Remembers the largest read.
class LargestSource final : public ByteSource {
public:
    LargestSource(ByteSourcePtr real, std::atomic<std::uint64_t>& most)
        : m_real(std::move(real))
        , m_most(most) {}
    const std::string& name() const override { return m_real->name(); }
    std::uint64_t size() const override { return m_real->size(); }
    FileIdentity identity() const override { return m_real->identity(); }
    Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override {
        auto now = m_most.load();
        while (out.size() > now && !m_most.compare_exchange_weak(now, out.size())) {
        }
        return m_real->readAt(offset, out);
    }

private:
    ByteSourcePtr m_real;
    std::atomic<std::uint64_t>& m_most;
};

std::string randomBytes(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::string out(count, '\0');
    for (auto& byte : out)
        byte = static_cast<char>(random());
    return out;
}

/// Every tensor of one file: dtype, shape and data in one text.
std::map<std::string, std::string> readBack(const std::string& path) {
    std::map<std::string, std::string> out;
    const auto file = *openFile(path);
    const auto header = *safetensors::readHeader(*file, {});
    for (std::uint32_t i = 0; i != header.count(); ++i) {
        std::string text(header.stored(i).size(), '\0');
        if (!file->readAt(header.stored(i).begin, std::as_writable_bytes(std::span(text))))
            text = "unreadable";
        std::string shape;
        for (const auto dim : header.shape(i))
            shape += std::to_string(dim) + ",";
        out[std::string(header.name(i))] = std::string(name(header.dtype[i])) + " " + shape + " " + text;
    }
    return out;
}

} // namespace

class DefectsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_number = 0;

    std::string newFolder() {
        const auto path = m_folder.filePath(QString::number(m_number++)).toStdString();
        fs::create_directory(path);
        return path;
    }

    /// What the folder of slices becomes, in one file.
    std::map<std::string, std::string> consolidated(const std::string& folder) {
        const auto source = open(folder, {}, {});
        if (!source) {
            QTest::qFail(describe(source.error()).c_str(), __FILE__, __LINE__);
            return {};
        }
        Options options;
        options.output = newFolder() + "/out";
        options.verify = convert::Verify::Full;
        const auto plan = planConversion(*source, options, {});
        const auto report = plan ? execute(*plan, options, {}) : Result<Report>(Failure(plan.error()));
        if (!report) {
            QTest::qFail(describe(report.error()).c_str(), __FILE__, __LINE__);
            return {};
        }
        return readBack(options.output + "/model.safetensors");
    }

private slots:
    /// Zeros for scalars, TypeError for integers and bool, KeyError for F8_E8M0, an invalid file for C64,
    /// four bytes an element for what a table lacks: here every dtype survives, as a scalar, cut by rows,
    /// cut by columns.
    void everyDTypeAndScalars() {
        const auto folder = newFolder();
        RankFile ranks[2];
        std::map<std::string, std::string> expected;
        unsigned seed = 0;
        for (const auto& entry : allDTypes()) {
            if (!entry.inSafetensors || entry.bits < 8)
                continue;
            const std::string type(entry.name);
            const std::size_t element = entry.bits / 8;
            const auto scalar = randomBytes(element, ++seed);
            ranks[seed % 2].add("scalar." + type, entry.dtype, {}, {}, scalar);
            expected["scalar." + type] = type + "  " + scalar;
            const auto rows = randomBytes(5 * 3 * element, ++seed);
            ranks[0].add("rows." + type, entry.dtype, {3, 3}, {0, 0}, rows.substr(0, 9 * element));
            ranks[1].add("rows." + type, entry.dtype, {2, 3}, {3, 0}, rows.substr(9 * element));
            expected["rows." + type] = type + " 5,3, " + rows;
            const auto columns = randomBytes(2 * 4 * element, ++seed); // 2 by 4, two columns a rank
            for (int rank = 0; rank != 2; ++rank) {
                std::string half;
                for (std::size_t row = 0; row != 2; ++row)
                    half +=
                        columns.substr((row * 4 + static_cast<std::size_t>(rank) * 2) * element, 2 * element);
                ranks[rank].add("columns." + type, entry.dtype, {2, 2}, {0, std::uint64_t(rank) * 2}, half);
            }
            expected["columns." + type] = type + " 2,4, " + columns;
        }
        ranks[0].write(folder + "/shard-00001-model-00001-of-00001.safetensors");
        ranks[1].write(folder + "/shard-00002-model-00001-of-00001.safetensors");
        QVERIFY(expected.size() > 40);
        QVERIFY(consolidated(folder) == expected);
    }

    /// A file whose sharding info is `{}` holds whole tensors; the references abort the whole run.
    void emptyShardingInfo() {
        const auto folder = newFolder();
        RankFile slices, whole;
        slices.add("cut", DType::F32, {2, 2}, {0, 0}, randomBytes(16, 1));
        slices.write(folder + "/shard-00001-model-00001-of-00001.safetensors");
        whole.add("whole", DType::F32, {3}, {0}, randomBytes(12, 2));
        whole.setInfo("{}");
        whole.write(folder + "/shard-00002-model-00001-of-00001.safetensors");
        const auto found = consolidated(folder);
        QCOMPARE(found.size(), std::size_t{2});
        QCOMPARE(found.at("whole"), "F32 3, " + randomBytes(12, 2));
    }

    /// The references reopen and reparse a file for every pair of a tensor and a file: 800 tensors in 64
    /// files took 22.7 s. Here a file's bytes are read once, in about as many calls as there are slices, at
    /// most.
    void filesAreReadOnce() {
        SlicesOnDisk model(newFolder());
        for (int i = 0; i != 200; ++i)
            model.add("layer." + std::to_string(i), DType::F32, {64, 8}, 0, 32);
        Counted counts;
        const auto source = counts.build(model, 32);
        Options options;
        options.output = newFolder() + "/out";
        const auto plan = *planConversion(source, options, {});
        QCOMPARE(counts.reads(), std::uint64_t{0}); // a plan needs metadata alone
        QVERIFY(execute(plan, options, {}));
        QVERIFY(counts.bytes() >= 200u * 64 * 8 * 4);
        QVERIFY(counts.bytes() <= 2u * 200 * 64 * 8 * 4); // blocks of neighbours overlap at their ends
        QVERIFY(counts.reads() <= 200u * 32);
    }

    /// The references write column slices row by row: 2 x 8 x 1501 calls for these. Here they are read in
    /// blocks and written in large pieces.
    void columnsAreReadInBlocks() {
        SlicesOnDisk model(newFolder());
        model.add("columns", DType::F32, {1501, 1203}, 1, 8);
        Counted counts;
        const auto source = counts.build(model, 8);
        Options options;
        options.output = newFolder() + "/out";
        const auto plan = *planConversion(source, options, {});
        QVERIFY(execute(plan, options, {}));
        QVERIFY2(counts.reads() < 1501, std::to_string(counts.reads()).c_str());
        QVERIFY(counts.bytes() <= 2u * 1501 * 1203 * 4);
    }

    /// The references build each tensor whole in memory and use a thread a file. Here one tensor of one
    /// file is written by all threads in segments, and little memory is enough.
    void oneTensorIsWrittenInSegments() {
        SlicesOnDisk model(newFolder());
        model.add("rows", DType::F32, {3000, 1000}, 0, 4);
        std::atomic<std::uint64_t> largest{0};
        const auto source = model.build(4, [&](CheckpointBuilder& builder) {
            for (std::uint32_t i = 0; i != 4; ++i)
                builder.file(FileId(i)).source =
                    std::make_shared<LargestSource>(builder.file(FileId(i)).source, largest);
        });
        Options options;
        options.output = newFolder() + "/out";
        JobContext context;
        context.threads = 4;
        context.memory = 4 << 20;
        const auto plan = *planConversion(source, options, context);
        QVERIFY(execute(plan, options, context));
        QVERIFY(largest > 0);
        QVERIFY2(largest <= context.memory / context.threads, std::to_string(largest.load()).c_str());
    }
};

QTEST_GUILESS_MAIN(DefectsTest)
#include "defects_test.moc"
