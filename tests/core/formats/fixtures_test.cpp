// SPDX-License-Identifier: Apache-2.0
// Opens every checkpoint of tests/data and compares what comes out with tests/data/expected
// (tests/data/README.md).
#include "data/tensor_reader.h"
#include "formats/open.h"
#include "model/value_json.h"
#include "query/archive_members.h"

#include <QCryptographicHash>
#include <QDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

using namespace shardlens;
using nlohmann::json;

namespace {

const std::filesystem::path data = SHARDLENS_TEST_DATA;

json readJson(const std::filesystem::path& path) {
    std::ifstream stream(path);
    return json::parse(stream);
}

QByteArray text(std::string_view value) {
    return {value.data(), qsizetype(value.size())};
}

json dimsOf(DimsView dims) {
    return std::vector<std::uint64_t>(dims.begin(), dims.end());
}

/// The path of a file of the checkpoint, relative to the fixture's folder, as expected files name it.
/// Within an archive it is the path of the entry.
std::string pathInFixture(const Checkpoint& checkpoint, const Slice& slice,
                          const std::filesystem::path& fixture) {
    if (checkpoint.format() == Format::Dduf)
        return std::string(ArchiveMembers(checkpoint).path(slice));
    const auto& record = checkpoint.file(slice.file);
    const auto whole = std::filesystem::path(checkpoint.facts().folder) / record.path;
    return std::filesystem::weakly_canonical(whole).lexically_relative(fixture).generic_string();
}

json slicesOf(const Checkpoint& checkpoint, const TensorView& tensor, const std::filesystem::path& fixture) {
    std::vector<json> slices;
    for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i) {
        const auto slice = checkpoint.slice(tensor.slice(i));
        slices.push_back({{"offset", dimsOf(slice.box.offset)},
                          {"size", dimsOf(slice.box.size)},
                          {"file", slice.file.valid() ? pathInFixture(checkpoint, slice, fixture) : ""}});
    }
    // Expected files sort replicas by file name; the order of files is the reader's own.
    std::ranges::stable_sort(slices, {}, [](const json& slice) {
        return std::tuple(slice["offset"], slice["size"], slice["file"]);
    });
    return slices;
}

/// SHA-256 over the elements, or the rule that keeps them from being read.
QByteArray digestOf(const CheckpointPtr& checkpoint, TensorId tensor) {
    const auto reader = TensorReader::open(checkpoint, tensor, {});
    if (!reader)
        return text(reader.error().rule->id);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto elements = (*reader)->elements();
    const auto step = (*reader)->preferredRange();
    std::vector<std::byte> buffer;
    for (std::uint64_t begin = 0; begin < elements; begin += step) {
        const ElementRange range{begin, std::min(elements, begin + step)};
        buffer.resize(*packedBytes((*reader)->dtype(), range.size()));
        if (const auto read = (*reader)->read(range, buffer); !read)
            return text(read.error().rule->id);
        hash.addData(QByteArrayView(buffer.data(), qsizetype(buffer.size())));
    }
    return hash.result().toHex();
}

/// Equal as JSON; of what JSON cannot say (objects with `repr` and `type`) the types are, at any depth.
bool sameValue(const json& have, const json& want) {
    if (want.is_object() && want.contains("type") && want.contains("repr"))
        return have.is_object() && have.value("type", "") == want["type"];
    if (have.is_structured() != want.is_structured() || have.is_array() != want.is_array() ||
        !want.is_structured())
        return have == want;
    if (have.size() != want.size())
        return false;
    if (want.is_array())
        return std::ranges::equal(have, want, sameValue);
    return std::ranges::all_of(want.items(), [&](const auto& item) {
        return have.contains(item.key()) && sameValue(have[item.key()], item.value());
    });
}

/// Rules of what is wrong, which an expected file must name, each; with those of severity info that it names.
std::set<std::string> rulesOf(const Findings& findings, const std::set<std::string>& named) {
    std::set<std::string> rules;
    for (const auto& finding : findings)
        if (finding.severity() != Severity::Info || named.contains(std::string(finding.what.rule->id)))
            rules.emplace(finding.what.rule->id);
    return rules;
}

} // namespace

class FixturesTest : public QObject {
    Q_OBJECT

private slots:
    void opens_data() {
        QTest::addColumn<QString>("name");
        const auto files =
            QDir(QString::fromStdString((data / "expected").string())).entryList({"*.json"}, QDir::Files);
        QVERIFY(files.size() > 10);
        for (const auto& file : files)
            if (readJson(data / "expected" / file.toStdString()).contains("open"))
                QTest::newRow(file.chopped(5).toUtf8().constData()) << file.chopped(5);
    }

    void opens() {
        QFETCH(QString, name);
        const auto expected = readJson(data / "expected" / (name.toStdString() + ".json"));
        const auto path = (data / expected["open"].get<std::string>()).string();
        const auto wanted = expected.value("rules", std::set<std::string>());
        QVERIFY(wanted.empty() == expected["findings"].empty());

        const auto opened = open(path, {}, {});
        if (!opened) {
            QVERIFY2(expected["tensors"].empty(), describe(opened.error()).c_str());
            QVERIFY(isDamage(opened.error()));
            QCOMPARE(std::set<std::string>{std::string(opened.error().rule->id)}, wanted);
            return;
        }
        const auto& checkpoint = **opened;
        QCOMPARE(text(formatId(checkpoint.format())), text(expected["format"].get<std::string>()));
        QCOMPARE(rulesOf(checkpoint.findings(), wanted), wanted);
        compareTensors(*opened, expected);
        if (expected.contains("values"))
            compareValues(checkpoint, expected["values"]);
        if (expected.contains("metadata_expected"))
            compareMetadata(checkpoint.metadata(), expected["metadata_expected"]);
    }

private:
    static void compareTensors(const CheckpointPtr& checkpoint, const json& expected) {
        const std::filesystem::path open = expected["open"].get<std::string>();
        const auto fixture = std::filesystem::weakly_canonical(data / *open.begin());
        QCOMPARE(checkpoint->tensorCount(), std::uint32_t(expected["tensors"].size()));
        for (const auto& [name, want] : expected["tensors"].items()) {
            const auto id = checkpoint->findTensor(name);
            QVERIFY2(id.has_value(), name.c_str());
            const auto tensor = checkpoint->tensor(*id);
            QVERIFY2(text(tensor.dtypeName()) == text(want["dtype"].get<std::string>()), name.c_str());
            QVERIFY2(dimsOf(tensor.shape()) == want["shape"], name.c_str());
            const bool readable = !want["sha256"].is_null();
            QVERIFY2(tensor.readable() == readable, name.c_str());
            if (readable || !want["slices"].empty())
                QVERIFY2(slicesOf(*checkpoint, tensor, fixture) == want["slices"], name.c_str());
            if (readable)
                QCOMPARE(digestOf(checkpoint, *id), text(want["sha256"].get<std::string>()));
            else
                QVERIFY2(tensor.problem().has_value(), name.c_str());
        }
    }

    /// Values that JSON can say are equal; of the others the type is.
    static void compareValues(const Checkpoint& checkpoint, const json& expected) {
        for (const auto& [name, want] : expected.items()) {
            const auto id = checkpoint.findEntry(name);
            QVERIFY2(id.has_value(), name.c_str());
            const auto value = checkpoint.value(*id);
            QVERIFY2(value.has_value(), name.c_str());
            if (want.is_object() && want.contains("type")) {
                QCOMPARE(text(value->typeName()), text(want["type"].get<std::string>()));
                QCOMPARE(text(checkpoint.entry(*id).typeName), text(want["type"].get<std::string>()));
            } else {
                QVERIFY2(sameValue(json::parse(toJson(*value)), want), name.c_str());
            }
        }
    }

    static void compareMetadata(const Value& metadata, const json& expected) {
        QCOMPARE(metadata.size(), expected.size());
        for (const auto& [key, want] : expected.items())
            QCOMPARE(text(metadata.find(key).text()), text(want.get<std::string>()));
    }
};

QTEST_GUILESS_MAIN(FixturesTest)
#include "fixtures_test.moc"
