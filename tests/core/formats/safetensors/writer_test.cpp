// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/header.h"
#include "formats/safetensors/writer.h"

#include <QTest>

#include <cstring>
#include <string>

using namespace shardlens;
using namespace shardlens::safetensors;

namespace {

QByteArray text(std::string_view value) {
    return {value.data(), qsizetype(value.size())};
}

QByteArray ruleOf(const Result<WrittenHeader>& written) {
    return written ? QByteArray("written") : text(written.error().rule->id);
}

QByteArray jsonOf(const WrittenHeader& written) {
    return {reinterpret_cast<const char*>(written.bytes.data()) + 8, qsizetype(written.bytes.size()) - 8};
}

} // namespace

class WriterTest : public QObject {
    Q_OBJECT

private slots:
    // Byte for byte what safetensors 0.8 writes for these tensors and this metadata, 152 bytes before the
    // data.
    void writesTheReferencesForm() {
        const Dims matrix = {2, 3}, scalar;
        const TensorToWrite tensors[] = {{"s", DType::I64, scalar}, {"w", DType::F32, matrix}};
        const auto written = buildHeader(tensors, {.metadata = {{"format", "pt"}}, .alignment = 8});
        QVERIFY(written.has_value());
        const QByteArray json =
            R"({"__metadata__":{"format":"pt"},"s":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
            R"("w":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}})";
        QCOMPARE(jsonOf(*written), json.leftJustified((json.size() + 7) / 8 * 8, ' '));
        std::uint64_t length = 0;
        std::memcpy(&length, written->bytes.data(), 8);
        QCOMPARE(length, std::uint64_t(144));
        QCOMPARE(written->bytes.size(), std::size_t(152));
        QCOMPARE(written->offsets,
                 (std::vector<std::uint64_t>{written->bytes.size(), written->bytes.size() + 8}));
        QCOMPARE(written->fileBytes, written->bytes.size() + 32);
    }

    void whatIsWrittenReadsBack() {
        const std::vector<std::string> names = {"",
                                                " ",
                                                "a.b",
                                                "quote\"",
                                                "back\\slash",
                                                "new\nline",
                                                "\x01\x1f\x7f",
                                                std::string("nul\0byte", 8),
                                                "ключ.重み.🙂",
                                                std::string(5000, 'x')};
        const Dims dims = {4, 2};
        std::vector<TensorToWrite> tensors;
        std::size_t next = 0;
        for (const auto& dtype : allDTypes())
            if (dtype.inSafetensors)
                tensors.push_back(
                    {next < names.size() ? std::string_view(names[next++]) : dtype.name, dtype.dtype, dims});
        QCOMPARE(tensors.size(), std::size_t(22));
        const auto written =
            buildHeader(tensors, {.metadata = {{"k\n", "\"v\""}, {"", ""}}, .alignment = 256});
        QVERIFY(written.has_value());
        QCOMPARE(written->bytes.size() % 256, std::size_t(0));
        auto bytes = written->bytes;
        bytes.resize(written->fileBytes);
        const auto header = readHeader(*memorySource("written", bytes), {});
        QVERIFY(header.has_value());
        QVERIFY(header->findings.empty());
        QCOMPARE(header->metadata,
                 (std::vector<std::pair<std::string, std::string>>{{"k\n", "\"v\""}, {"", ""}}));
        for (std::uint32_t i = 0; i < tensors.size(); ++i) {
            QCOMPARE(text(header->name(i)), text(tensors[i].name));
            QCOMPARE(header->dtype[i], tensors[i].dtype);
            QVERIFY(equal(header->shape(i), dims));
            QCOMPARE(header->begin[i], written->offsets[i]);
        }
    }

    void nothingIsAFile() {
        const auto written = buildHeader({}, {});
        QVERIFY(written.has_value());
        QCOMPARE(jsonOf(*written), QByteArray("{}      "));
        QCOMPARE(written->fileBytes, std::uint64_t(16));
    }

    void refusesWhatTheFormatCannotHold() {
        const Dims one = {1}, odd = {3}, huge = {1ull << 33, 1ull << 33}, large = {~0ull};
        const auto write = [](std::vector<TensorToWrite> tensors, WriterOptions options = {}) {
            return ruleOf(buildHeader(tensors, options));
        };
        QCOMPARE(write({{"\xff", DType::U8, one}}), QByteArray("safetensors.write-name"));
        QCOMPARE(write({{"__metadata__", DType::U8, one}}), QByteArray("safetensors.write-name"));
        QCOMPARE(write({}, {.metadata = {{"a", "\xc0"}}}), QByteArray("safetensors.write-name"));
        QCOMPARE(write({}, {.metadata = {{"a", "1"}, {"a", "2"}}}),
                 QByteArray("safetensors.write-repeated-name"));
        QCOMPARE(write({{"a", DType::U8, one}, {"b", DType::U8, one}, {"a", DType::U8, one}}),
                 QByteArray("safetensors.write-repeated-name"));
        QCOMPARE(write({{"a", DType::C128, one}}), QByteArray("safetensors.write-dtype"));
        QCOMPARE(write({{"a", DType::Unknown, one}}), QByteArray("safetensors.write-dtype"));
        QCOMPARE(write({{"a", DType::F4, odd}}), QByteArray("safetensors.write-size"));
        QCOMPARE(write({{"a", DType::U8, huge}}), QByteArray("safetensors.write-size"));
        QCOMPARE(write({{"a", DType::U8, large}, {"b", DType::U8, large}}),
                 QByteArray("safetensors.write-size"));
    }
};

QTEST_GUILESS_MAIN(WriterTest)
#include "writer_test.moc"
