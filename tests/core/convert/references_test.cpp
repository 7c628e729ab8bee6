// SPDX-License-Identifier: Apache-2.0
// Walks what the data folder says a consolidation of each checkpoint must give: among them all that PyTorch's
// and NeMo AutoModel's own consolidations get wrong.
#include "convert/convert.h"
#include "formats/open.h"
#include "formats/safetensors/header.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace shardlens;
using namespace shardlens::convert;
using Json = nlohmann::ordered_json;

namespace fs = std::filesystem;

namespace {

std::string root() {
    return qEnvironmentVariableIsSet("SHARDLENS_FIXTURES") ? qgetenv("SHARDLENS_FIXTURES").toStdString()
                                                           : SHARDLENS_TEST_DATA;
}

Json load(const std::string& path) {
    std::ifstream file(path);
    return Json::parse(file);
}

bool has(const Findings& notes, std::string_view rule) {
    return std::ranges::any_of(notes, [rule](const Finding& note) { return note.what.rule->id == rule; });
}

/// A note lists the tensor, so that a button can exclude exactly what stands against the plan.
bool isNamed(const Checkpoint& source, const Findings& notes, const std::string& name) {
    return std::ranges::any_of(notes, [&](const Finding& note) {
        return std::ranges::any_of(note.tensors,
                                   [&](TensorId id) { return source.tensor(id).name() == name; });
    });
}

std::string texts(const Findings& notes) {
    std::string text;
    for (const auto& note : notes)
        text += describe(note.what) + '\n';
    return text;
}

/// Hashes and describes every tensor of a folder's safetensors files, as the expected JSON does.
struct Folder {
    Json tensors = Json::object();
    std::map<std::string, std::vector<std::string>> files;
    bool sound = true;

    explicit Folder(const std::string& path) {
        for (const auto& entry : fs::directory_iterator(path)) {
            const auto name = entry.path().filename().string();
            if (!name.ends_with(".safetensors"))
                continue;
            const auto file = *openFile(entry.path().string());
            const auto header = safetensors::readHeader(*file, {});
            sound = sound && header && header->findings.empty();
            for (std::uint32_t i = 0; header && i != header->count(); ++i) {
                std::vector<std::byte> data(header->stored(i).size());
                sound = sound && file->readAt(header->stored(i).begin, data);
                const QByteArray bytes(reinterpret_cast<const char*>(data.data()),
                                       static_cast<int>(data.size()));
                const auto hash =
                    QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().toStdString();
                const auto shape = header->shape(i);
                tensors[std::string(header->name(i))] = {
                    {"dtype", std::string(header->dtypeName(i))},
                    {"shape", std::vector<std::uint64_t>(shape.begin(), shape.end())},
                    {"sha256", hash}};
                files[name].emplace_back(header->name(i));
            }
        }
    }
};

bool sameTensors(const Json& found, const Json& expected, std::string& why) {
    if (found.size() != expected.size())
        why = "another number of tensors";
    for (const auto& [name, tensor] : expected.items())
        if (!found.contains(name))
            why = name + " is absent";
        else if (found[name]["dtype"] != tensor["dtype"] || found[name]["shape"] != tensor["shape"] ||
                 found[name]["sha256"] != tensor["sha256"])
            why = name + " is " + found[name].dump() + ", not " + tensor.dump();
    return why.empty();
}

} // namespace

class ReferencesTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_number = 0;

    std::string newPath(const char* suffix) {
        return m_folder.filePath(QString("%1%2").arg(m_number++).arg(suffix)).toStdString();
    }

    Options optionsFor(const Json& mapping) {
        Options options;
        options.output = newPath("-out");
        options.verify = convert::Verify::Full;
        if (!mapping.is_null()) {
            options.mapFile = newPath(".json");
            std::ofstream(options.mapFile) << mapping.dump(1);
        }
        return options;
    }

    /// Plans and runs; the plan must not be blocked.
    Plan run(const CheckpointPtr& source, const Options& options) {
        auto plan = planConversion(source, options, {});
        if (!plan) {
            QTest::qFail(describe(plan.error()).c_str(), __FILE__, __LINE__);
            return {};
        }
        const auto report = execute(*plan, options, {});
        if (!report)
            QTest::qFail((describe(report.error()) + "\n" + texts(plan->notes)).c_str(), __FILE__, __LINE__);
        return *plan;
    }

    void compare(const std::string& output, const Json& tensors) {
        const Folder folder(output);
        std::string why;
        if (!folder.sound || !sameTensors(folder.tensors, tensors, why))
            QTest::qFail(why.empty() ? "a file is not sound" : why.c_str(), __FILE__, __LINE__);
    }

    /// One of the map's `cases`: what it names and no slice holds, what it leaves out, numbers with a gap.
    void checkCase(const CheckpointPtr& source, const Json& expected, const Json& one) {
        auto options = optionsFor(one["mapping"]);
        auto plan = *planConversion(source, options, {});
        auto tensors = expected["tensors"];
        const auto unmapped = one.value("unmapped", std::vector<std::string>());
        QCOMPARE(plan.blocked(), !unmapped.empty());
        QCOMPARE(has(plan.notes, "convert.unmapped"), !unmapped.empty());
        for (const auto& name : unmapped) {
            QVERIFY2(isNamed(*source, plan.notes, name), name.c_str());
            tensors.erase(name);
        }
        if (!unmapped.empty()) {
            QVERIFY(!execute(plan, options, {}));
            QVERIFY(!fs::exists(options.output));
            options.excludeNames = unmapped;
        }
        plan = run(source, options);
        compare(options.output, tensors);
        for (const auto& [name, number] : one["mapping"].items())
            if (!expected["tensors"].contains(name)) {
                QVERIFY(has(plan.notes, "convert.mapped-absent"));
                QVERIFY2(texts(plan.notes).find(name) != std::string::npos, name.c_str());
            }
        if (one["note"] == "numbers with a gap")
            QVERIFY(has(plan.notes, "convert.renumbered"));
    }

private slots:
    void consolidations_data() {
        QTest::addColumn<QString>("file");
        int count = 0;
        for (const auto& entry : fs::directory_iterator(root() + "/expected"))
            if (const auto name = entry.path().filename().string(); name.ends_with(".consolidated.json")) {
                QTest::newRow(name.c_str()) << QString::fromStdString(entry.path().string());
                ++count;
            }
        QVERIFY(count >= 12);
    }

    void consolidations() {
        QFETCH(QString, file);
        const auto expected = load(file.toStdString());
        const auto input = root() + "/" + expected["input"].get<std::string>();
        const auto opened = open(input, {}, {});
        QVERIFY2(opened, opened ? "" : describe(opened.error()).c_str());
        const auto& source = *opened;
        if (expected.contains("refuse")) {
            for (const auto& mapping : {Json(), expected["mapping"]}) {
                const auto options = optionsFor(mapping);
                const auto plan = planConversion(source, options, {});
                QVERIFY(plan && plan->blocked());
                QVERIFY(!execute(*plan, options, {}));
                QVERIFY(!fs::exists(options.output));
            }
            return;
        }
        if (!expected.contains("tensors"))
            return; // the trainer's folder has its own test below
        const auto options = optionsFor(expected["mapping"]);
        run(source, options);
        compare(options.output, expected["tensors"]);
        const Folder folder(options.output);
        QCOMPARE(folder.files.size(), std::size_t{expected["files"].size()});
        for (const auto& [name, tensors] : expected["files"].items())
            QCOMPARE(folder.files.at(name), tensors.get<std::vector<std::string>>()); // in the map's order
        QVERIFY(fs::exists(options.output + "/model.safetensors.index.json"));
        const auto index = load(options.output + "/model.safetensors.index.json");
        QCOMPARE(std::size_t{index["weight_map"].size()}, std::size_t{expected["tensors"].size()});
        const auto plain = optionsFor({}); // and without a map: one file, no index
        run(source, plain);
        compare(plain.output, expected["tensors"]);
        QVERIFY(fs::exists(plain.output + "/model.safetensors"));
        QVERIFY(!fs::exists(plain.output + "/model.safetensors.index.json"));
        for (const auto& one : expected.value("cases", Json::array()))
            checkCase(source, expected, one);
    }

    void trainerFolder() {
        const auto expected = load(root() + "/expected/nemo_automodel.consolidated.json");
        const auto source = *open(root() + "/" + expected["input"].get<std::string>(), {}, {});
        auto options = optionsFor({});
        const auto plan = run(source, options);
        compare(options.output, expected["as saved"]["tensors"]);
        QVERIFY(has(plan.notes, "convert.mapped-absent")); // lm_head.weight is tied
        const Folder folder(options.output);
        for (const auto& [name, tensors] : expected["files"].items())
            QCOMPARE(folder.files.at(name), tensors.get<std::vector<std::string>>());
        QCOMPARE(load(options.output + "/config.json")["dtype"].get<std::string>(), std::string("float32"));
        QVERIFY(fs::exists(options.output + "/tokenizer.json"));
        QVERIFY(!fs::exists(options.output + "/fqn_to_file_index_mapping.json"));

        options = optionsFor({});
        options.cast = Cast::Original;
        run(source, options);
        compare(options.output, expected["original dtypes"]["tensors"]);
        QCOMPARE(load(options.output + "/config.json")["dtype"].get<std::string>(), std::string("bfloat16"));

        options = optionsFor({});
        options.cast = Cast::F16;
        run(source, options);
        compare(options.output, expected["cast fp16, original dtypes known"]["tensors"]);

        const auto copy = newPath("-copy");
        fs::copy(root() + "/" + expected["input"].get<std::string>(), copy, fs::copy_options::recursive);
        fs::permissions(copy + "/.hf_metadata", fs::perms::owner_all);
        fs::remove(copy + "/.hf_metadata/fqn_to_dtype_mapping.json");
        options = optionsFor({});
        options.cast = Cast::BF16;
        run(*open(copy, {}, {}), options);
        compare(options.output, expected["cast bf16, nothing known"]["tensors"]);
    }
};

QTEST_GUILESS_MAIN(ReferencesTest)
#include "references_test.moc"
