// SPDX-License-Identifier: Apache-2.0
#include "catalog/rule_catalog.h"
#include "convert/sample.h"
#include "support/cli_runner.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cerrno>
#include <set>

using namespace shardlens;
using namespace shardlens::test;
using nlohmann::json;

namespace {

std::set<std::string> keysOf(const json& object) {
    std::set<std::string> out;
    for (const auto& [key, value] : object.items())
        out.insert(key);
    return out;
}

/// All of `wanted` are fields of the object.
bool hasFields(const json& object, const std::set<std::string>& wanted) {
    const auto keys = keysOf(object);
    for (const auto& key : wanted)
        if (!keys.contains(key)) {
            qWarning("field %s is missing in %s", key.c_str(), object.dump().substr(0, 200).c_str());
            return false;
        }
    return true;
}

void writeFile(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), qint64(bytes.size()));
}

/// One U8 tensor a name, one byte each.
QByteArray safetensorsOf(const std::vector<std::string>& names) {
    json header = json::object();
    for (std::size_t i = 0; i < names.size(); ++i)
        header[names[i]] = {{"dtype", "U8"}, {"shape", {1}}, {"data_offsets", {i, i + 1}}};
    const auto text = header.dump();
    QByteArray out;
    for (int i = 0; i < 8; ++i)
        out.append(static_cast<char>(text.size() >> (8 * i)));
    return out + QByteArray::fromStdString(text) + QByteArray(static_cast<int>(names.size()), '\1');
}

const std::set<std::string> TensorFields{"name", "dtype", "shape", "bytes", "slices", "tied", "storage"};
const std::set<std::string> SliceFields{"offset", "size", "file", "rank", "begin", "end"};

} // namespace

class CommandsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string at(const char* name) const {
        return m_folder.filePath(QString::fromUtf8(name)).toStdString();
    }
    CliResult jsonOf(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin() + 1, "--json");
        return runCli(arguments);
    }

private slots:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        using convert::SampleKind;
        for (const auto kind : {SampleKind::Slices, SampleKind::Sharded, SampleKind::Diffusers})
            for (const bool damaged : {false, true}) {
                const auto name = std::string(convert::sampleName(kind)) + (damaged ? "-damaged" : "");
                QVERIFY(convert::writeSample({kind, at(name.c_str()), damaged}, JobContext{}));
            }
    }

    void infoHasEveryField() {
        const auto ran = jsonOf({"info", at("slices")});
        QCOMPARE(ran.status, 0);
        const auto doc = ran.json();
        QVERIFY(hasFields(doc, {"schema", "command", "path", "format", "writer", "parts", "files", "tensors",
                                "parameters", "bytes", "dtypes", "metadata", "findings"}));
        QCOMPARE(doc["schema"].get<int>(), 1);
        QCOMPARE(doc["command"].get<std::string>(), std::string("info"));
        QCOMPARE(doc["format"].get<std::string>(), std::string("dcp-safetensors"));
        QCOMPARE(doc["tensors"].get<int>(), 111);
        QCOMPARE(doc["dtypes"]["BF16"].get<int>(), 86);
        QVERIFY(doc["parts"].is_array());
        QVERIFY(hasFields(doc["findings"], {"error", "warning", "info"}));
        for (const auto& file : doc["files"])
            QVERIFY(hasFields(file, {"path", "bytes"}));
        const auto damaged = jsonOf({"info", at("slices-damaged")});
        QCOMPARE(damaged.status, 0);
        QVERIFY(damaged.json()["findings"]["error"].get<int>() > 0);
        QVERIFY(damaged.err.find("shardlens-cli check") != std::string::npos);
    }

    void lsHasEveryField() {
        const auto doc = jsonOf({"ls", at("slices")}).json();
        QCOMPARE(doc["tensors"].size(), std::size_t{111});
        for (const auto& tensor : doc["tensors"]) {
            QVERIFY(hasFields(tensor, TensorFields));
            for (const auto& slice : tensor["slices"])
                QVERIFY(hasFields(slice, SliceFields));
        }
        for (const auto& value : doc["values"])
            QVERIFY(hasFields(value, {"name", "type", "value"}));
        const auto& head = doc["tensors"][0];
        QCOMPARE(head["name"].get<std::string>(), std::string("lm_head.weight"));
        QCOMPARE(head["shape"], json({509, 128}));
        QCOMPARE(head["slices"].size(), std::size_t{4});
        QCOMPARE(head["slices"][3]["offset"], json({384, 0}));
        QCOMPARE(head["slices"][3]["size"], json({125, 128}));
        QCOMPARE(head["slices"][3]["rank"].get<int>(), 3);
        const auto bytes = head["slices"][3]["end"].get<int>() - head["slices"][3]["begin"].get<int>();
        QCOMPARE(bytes, 125 * 128 * 2);
    }

    void lsFiltersSortsAndPrintsTables() {
        const auto doc = jsonOf({"ls", at("slices"), "q_proj", "dtype:bf16"}).json();
        QCOMPARE(doc["tensors"].size(), std::size_t{12});
        QCOMPARE(doc["tensors"][2]["name"].get<std::string>(),
                 std::string("model.layers.2.self_attn.q_proj.weight"));
        QCOMPARE(jsonOf({"ls", at("slices"), "--", "-weight"}).json()["tensors"].size(), std::size_t{0});
        const auto bySize = jsonOf({"ls", at("slices"), "--sort", "size"}).json()["tensors"];
        for (std::size_t i = 1; i < bySize.size(); ++i)
            QVERIFY(bySize[i - 1]["bytes"].get<int>() >= bySize[i]["bytes"].get<int>());
        for (const auto* key : {"file", "order"})
            QCOMPARE(jsonOf({"ls", at("slices"), "--sort", key}).json()["tensors"].size(), std::size_t{111});
        const auto text = runCli({"ls", at("slices"), "--long", "lm_head"});
        QVERIFY(text.out.find("[384:509, 0:128]") != std::string::npos);
        QVERIFY(text.out.find("rank 3") != std::string::npos);
        const auto csv = runCli({"ls", at("slices"), "--csv", "dims>1"});
        QCOMPARE(std::count(csv.out.begin(), csv.out.end(), '\n'), std::ptrdiff_t{87});
        QVERIFY(csv.out.starts_with("name,dtype,shape,bytes,slices,files\r\n"));
    }

    void hostileNamesStayHarmless() {
        writeFile(m_folder.filePath("hostile.safetensors"),
                  safetensorsOf({"\x1b[2J\x1b]0;x\x07", "a\nb", "=cmd|' /C calc'!A0", "@x", "\"quoted\", and",
                                 "\u202eevil", ""}));
        for (const auto* command : {"ls", "tree", "hash", "stats"}) {
            const auto ran = runCli({command, at("hostile.safetensors"), "--color", "never"});
            QCOMPARE(ran.status, 0);
            QVERIFY2((ran.out + ran.err).find('\x1b') == std::string::npos, command);
            QVERIFY(ran.out.find("\u202e") == std::string::npos);
            const auto doc = jsonOf({command, at("hostile.safetensors")});
            QVERIFY(!doc.json().is_discarded());
            QVERIFY(doc.out.find('\x1b') == std::string::npos);
        }
        const auto names = jsonOf({"ls", at("hostile.safetensors")}).json()["tensors"];
        std::set<std::string> seen;
        for (const auto& tensor : names)
            seen.insert(tensor["name"].get<std::string>());
        QVERIFY(seen.contains("\x1b[2J\x1b]0;x\x07"));
        const auto csv = runCli({"ls", at("hostile.safetensors"), "--csv"}).out;
        QVERIFY(csv.find("\"'=cmd|' /C calc'!A0\"") != std::string::npos);
        QVERIFY(csv.find("\"'@x\"") != std::string::npos);
        QVERIFY(csv.find("\"\"\"quoted\"\", and\"") != std::string::npos);
    }

    void coloursOnlyOnTerminals() {
        const std::vector<std::string> call{"info", at("slices")};
        QVERIFY(runCli(call).out.find('\x1b') == std::string::npos);
        MemorySink out, err;
        out.terminal = true;
        qunsetenv("NO_COLOR");
        qputenv("TERM", "xterm");
        QCOMPARE(cli::run(call, out, err), 0);
        QVERIFY(out.text.find('\x1b') != std::string::npos);
        out.text.clear();
        qputenv("NO_COLOR", "1");
        QCOMPARE(cli::run(call, out, err), 0);
        QVERIFY(out.text.find('\x1b') == std::string::npos);
        qunsetenv("NO_COLOR");
        QVERIFY(runCli({"info", at("slices"), "--color", "always"}).out.find('\x1b') != std::string::npos);
        QVERIFY(jsonOf({"info", at("slices"), "--color", "always"}).out.find('\x1b') == std::string::npos);
    }

    void treeSumsUp() {
        const auto doc = jsonOf({"tree", at("slices")}).json();
        QCOMPARE(doc["tree"]["tensors"].get<int>(), 111);
        QVERIFY(doc["tree"]["bytes"].get<int>() > 4'697'088);
        const auto text = runCli({"tree", at("slices")}).out;
        QVERIFY(text.find("0 … 11  12 alike, each") != std::string::npos);
        QVERIFY(runCli({"tree", at("slices"), "--no-fold"}).out.find("alike") == std::string::npos);
        const auto filtered = jsonOf({"tree", at("slices"), "q_proj"}).json();
        QCOMPARE(filtered["tree"]["tensors"].get<int>(), 12);
        const auto shallow = jsonOf({"tree", at("slices"), "--depth", "1"}).json();
        for (const auto& child : shallow["tree"]["children"])
            QVERIFY(!child.contains("children"));
    }

    void showTellsOfATensor() {
        const auto doc =
            jsonOf({"show", at("slices"), "lm_head.weight", "--stats", "--values", "[0:2, :3]"}).json();
        QCOMPARE(doc["tensors"].size(), std::size_t{1});
        const auto& tensor = doc["tensors"][0];
        QVERIFY(hasFields(tensor, TensorFields));
        QCOMPARE(tensor["data"]["elements"].size(), std::size_t{6});
        QCOMPARE(tensor["data"]["end"], json({2, 3}));
        QCOMPARE(tensor["stats"]["count"].get<int>(), 509 * 128);
        QVERIFY(doc["values"].empty());
        const auto whole = jsonOf({"show", at("sharded"), "lm_head.weight", "--values", "[-1, 126:]"}).json();
        const auto sliced = jsonOf({"show", at("slices"), "lm_head.weight", "--values", "[508, -2:]"}).json();
        QCOMPARE(whole["tensors"][0]["data"]["elements"], sliced["tensors"][0]["data"]["elements"]);
        const auto entry = jsonOf({"show", at("slices"), "config.json"}).json();
        QCOMPARE(entry["values"][0]["value"]["hidden_size"].get<int>(), 128);
        for (const auto* bad : {"[600, 1]", "[0, 0, 0]", "[0:1", "[x]", "0:2:2"}) {
            const auto ran = jsonOf({"show", at("slices"), "lm_head.weight", "--values", bad});
            QCOMPARE(ran.status, 2);
            QCOMPARE(ran.json()["error"]["rule"].get<std::string>(), std::string("cli.bad-values"));
        }
        const auto none = jsonOf({"show", at("slices"), "nothing"});
        QCOMPARE(none.status, 2);
        QCOMPARE(none.json()["error"]["rule"].get<std::string>(), std::string("cli.no-such-name"));
    }

    void tooManyValues() {
        QFile file(m_folder.filePath("big.safetensors"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const std::string header = R"({"big":{"dtype":"U8","shape":[2000000],"data_offsets":[0,2000000]}})";
        QByteArray bytes(8, '\0');
        bytes[0] = static_cast<char>(header.size());
        file.write(bytes + QByteArray::fromStdString(header));
        QVERIFY(file.resize(8 + qint64(header.size()) + 2'000'000));
        file.close();
        const auto ran = jsonOf({"show", at("big.safetensors"), "big", "--values", "[:]"});
        QCOMPARE(ran.json()["error"]["rule"].get<std::string>(), std::string("cli.too-many-values"));
    }

    void metaIsJson() {
        QVERIFY(!json::parse(runCli({"meta", at("slices")}).out, nullptr, false).is_discarded());
        QCOMPARE(runCli({"meta", at("slices"), "DCP_VERSION"}).out, std::string("\"1.0\"\n"));
        const auto doc = jsonOf({"meta", at("slices"), "config.json"}).json();
        QCOMPARE(doc["value"]["model_type"].get<std::string>(), std::string("llama"));
        const auto none = jsonOf({"meta", at("slices"), "nothing"});
        QCOMPARE(none.status, 2);
        QCOMPARE(none.json()["error"]["rule"].get<std::string>(), std::string("cli.no-such-key"));
    }

    void checkSaysWhatIsWrong() {
        QCOMPARE(runCli({"check", at("slices"), "--deep"}).status, 0);
        for (const auto* damaged : {"slices-damaged", "sharded-damaged"}) {
            const auto ran = jsonOf({"check", at(damaged), "--deep"});
            QCOMPARE(ran.status, 1);
            const auto findings = ran.json()["findings"];
            QVERIFY(!findings.empty());
            for (const auto& finding : findings)
                QVERIFY(
                    hasFields(finding, {"severity", "rule", "message", "file", "offset", "item", "advice"}));
            QCOMPARE(findings[0]["severity"].get<std::string>(), std::string("error"));
        }
        writeFile(m_folder.filePath("pointer.safetensors"),
                  "version https://git-lfs.github.com/spec/v1\noid sha256:" + QByteArray(64, 'a') +
                      "\nsize 123\n");
        const auto pointer = jsonOf({"check", at("pointer.safetensors")});
        QCOMPARE(pointer.status, 1);
        QCOMPARE(pointer.json()["findings"][0]["rule"].get<std::string>(), std::string("file.lfs-pointer"));
        QCOMPARE(runCli({"check", at("nowhere")}).status, 2);
    }

    void hashHasEveryField() {
        const auto sliced = jsonOf({"hash", at("slices")}).json(),
                   whole = jsonOf({"hash", at("sharded")}).json();
        QCOMPARE(sliced["algorithm"].get<std::string>(), std::string("sha256"));
        std::map<std::string, std::string> digests;
        for (const auto& tensor : sliced["tensors"]) {
            QVERIFY(hasFields(tensor, {"name", "dtype", "shape", "digest", "sha256"}));
            QCOMPARE(tensor["digest"], tensor["sha256"]);
            digests[tensor["name"]] = tensor["digest"];
        }
        for (const auto& tensor : whole["tensors"])
            QCOMPARE(digests[tensor["name"]], tensor["digest"].get<std::string>());
        const auto fast = jsonOf({"hash", at("slices"), "lm_head", "--algorithm", "xxh3"}).json();
        QVERIFY(!fast["tensors"][0].contains("sha256"));
        QCOMPARE(fast["tensors"][0]["digest"].get<std::string>().size(), std::size_t{16});
        const auto damaged = jsonOf({"hash", at("sharded-damaged")});
        QCOMPARE(damaged.status, 1);
        bool unreadable = false;
        const auto listed = damaged.json();
        for (const auto& tensor : listed["tensors"])
            unreadable = unreadable || tensor["sha256"].is_null();
        QVERIFY(unreadable);
        QVERIFY(!damaged.err.empty());
    }

    void statsHasEveryField() {
        const auto doc = jsonOf({"stats", at("slices"), "*norm*"}).json();
        QCOMPARE(doc["tensors"].size(), std::size_t{25});
        for (const auto& tensor : doc["tensors"])
            QVERIFY(hasFields(tensor, {"name", "dtype", "shape", "count", "min", "max", "mean", "std", "l2",
                                       "zeros", "nan", "posinf", "neginf", "subnormal", "negative",
                                       "quantiles", "histogram"}));
        QVERIFY(doc["tensors"][0]["quantiles"].contains("0.5"));
        QVERIFY(hasFields(doc["tensors"][0]["histogram"], {"edges", "counts"}));
        const auto csv = runCli({"stats", at("slices"), "*norm*", "--csv"}).out;
        QCOMPARE(std::count(csv.begin(), csv.end(), '\n'), std::ptrdiff_t{26});
        QCOMPARE(runCli({"stats", at("sharded-damaged")}).status, 1);
        const auto broken = jsonOf({"stats", at("slices-damaged"), "model.layers.7.input*"}).json();
        QCOMPARE(broken["tensors"][0]["zeros"].get<int>(), 128);
    }

    void nonFiniteNumbersAreStrings() {
        const std::string header = R"({"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})";
        QByteArray bytes(8, '\0');
        bytes[0] = static_cast<char>(header.size());
        bytes += QByteArray::fromStdString(header) + QByteArray::fromHex("0000c07f0000807f000080ff");
        writeFile(m_folder.filePath("nonfinite.safetensors"), bytes);
        const auto tensor = jsonOf({"stats", at("nonfinite.safetensors")}).json()["tensors"][0];
        QCOMPARE(tensor["max"].get<std::string>(), std::string("Infinity"));
        QCOMPARE(tensor["min"].get<std::string>(), std::string("-Infinity"));
        QCOMPARE(tensor["mean"].get<std::string>(), std::string("NaN"));
    }

    void compareHasEveryField() {
        const auto equal = jsonOf({"compare", at("slices"), at("sharded")});
        QCOMPARE(equal.status, 0);
        QVERIFY(hasFields(equal.json(), {"same", "only_a", "only_b", "different"}));
        QCOMPARE(equal.json()["same"].size(), std::size_t{111});
        QCOMPARE(runCli({"convert", at("slices"), "-o", at("cast"), "--cast", "fp32"}).status, 0);
        const auto cast = jsonOf({"compare", at("slices"), at("cast")});
        QCOMPARE(cast.status, 1);
        QCOMPARE(cast.json()["different"].size(), std::size_t{86});
        QVERIFY(hasFields(cast.json()["different"][0], {"name", "reason"}));
        QCOMPARE(cast.json()["different"][0]["reason"].get<std::string>(), std::string("dtype"));
        QCOMPARE(runCli({"compare", at("slices"), at("cast"), "dtype:f32", "--no-values"}).status, 1);
        QCOMPARE(runCli({"compare", at("slices"), at("cast"), "*norm*"}).status, 0);
        const auto renamed =
            jsonOf({"compare", at("slices"), at("sharded"), "--rename", "^model\\.=m."}).json();
        QCOMPARE(renamed["only_a"].size(), std::size_t{110});
        QCOMPARE(renamed["same"], json({"lm_head.weight"}));
        QCOMPARE(runCli({"compare", at("slices"), at("sharded"), "--rename", "nothing"}).status, 2);
        QCOMPARE(runCli({"compare", at("slices"), at("nowhere")}).status, 2);
    }

    void convertShowsItsPlanAndReport() {
        const auto dry = jsonOf({"convert", at("slices"), "-o", at("planned"), "--dry-run"});
        QCOMPARE(dry.status, 0);
        QVERIFY(!QDir(m_folder.filePath("planned")).exists());
        const auto plan = dry.json()["plan"];
        QVERIFY(hasFields(plan, {"files", "skipped", "bytes_read", "bytes_written", "notes"}));
        for (const auto& file : plan["files"])
            QVERIFY(hasFields(file, {"path", "bytes", "tensors", "names"}));
        QVERIFY(!dry.json().contains("report"));
        const auto ran =
            jsonOf({"convert", at("slices"), "-o", at("converted"), "--max-shard-size", "2MB", "--verify",
                    "full", "--metadata", "a=b=c", "--threads", "2", "--memory", "64MiB", "--no-fsync"});
        QCOMPARE(ran.status, 0);
        const auto report = ran.json()["report"];
        QVERIFY(hasFields(report, {"seconds", "bytes_written", "files", "verified"}));
        QCOMPARE(report["verified"].get<std::string>(), std::string("full"));
        const auto document = ran.json();
        for (const auto& file : document["plan"]["files"]) {
            const QFileInfo written(
                QDir(m_folder.filePath("converted")).filePath(QString::fromStdString(file["path"])));
            QCOMPARE(written.size(), qint64(file["bytes"].get<std::int64_t>()));
        }
        QCOMPARE(runCli({"compare", at("slices"), at("converted")}).status, 0);
        QCOMPARE(runCli({"meta", at("converted"), "a"}).status, 0);
    }

    void convertMapsItsOptions() {
        const auto planOf = [&](std::vector<std::string> options) {
            std::vector<std::string> call{"convert", at("slices"), "-o", at("unused"), "--dry-run"};
            call.insert(call.end(), options.begin(), options.end());
            return jsonOf(call).json()["plan"];
        };
        const auto weights = [](const json& plan) {
            std::size_t count = 0;
            for (const auto& file : plan["files"])
                count += file["names"].size();
            return count;
        };
        QCOMPARE(weights(planOf({"--include", "q_proj"})), std::size_t{12});
        QCOMPARE(weights(planOf({"--exclude", "q_proj", "--exclude", "k_proj"})), std::size_t{87});
        QCOMPARE(weights(planOf({"--exclude", "-q_proj"})), std::size_t{12});
        QCOMPARE(weights(planOf({"--include-name", "lm_head.weight"})), std::size_t{1});
        QCOMPARE(weights(planOf({"--exclude-name", "lm_head.weight"})), std::size_t{110});
        QCOMPARE(planOf({"--strip-prefix", "model."})["renamed"].size(), std::size_t{110});
        QCOMPARE(planOf({"--rename", "^model=m", "--rename", "x\\=y=z"})["renamed"].size(), std::size_t{110});
        QCOMPARE(planOf({"--cast", "fp16", "--keep-dtype", "q_proj"})["cast"].size(), std::size_t{111 - 12});
        const auto files = [](const json& plan) {
            return plan["files"].size();
        };
        QCOMPARE(files(planOf({"--no-side-files", "--single-file"})), std::size_t{1});
        QVERIFY(files(planOf({"--max-shard-size", "1MB"})) > 5);
        QCOMPARE(files(planOf({"--like", at("sharded"), "--no-side-files"})), std::size_t{5});
        const auto named =
            planOf({"--max-shard-size", "1MB", "--name-pattern", "weights{suffix}.safetensors"});
        QVERIFY(named.dump().find("weights-00001-of-") != std::string::npos);
        writeFile(m_folder.filePath("map.json"), R"({"lm_head.weight": 1})");
        QCOMPARE(jsonOf({"convert", at("slices"), "-o", at("unused"), "--map", at("map.json"), "--dry-run"})
                     .status,
                 2);
        QCOMPARE(weights(planOf({"--map", at("map.json"), "--include-name", "lm_head.weight"})),
                 std::size_t{1});
    }

    void convertRefusesClearly() {
        const auto blocked = jsonOf({"convert", at("slices-damaged"), "-o", at("never"), "--dry-run"});
        QCOMPARE(blocked.status, 2);
        QVERIFY(hasFields(blocked.json()["error"], {"rule", "message", "file", "offset"}));
        QVERIFY(hasFields(blocked.json(), {"plan"}));
        QVERIFY(!blocked.err.empty());
        QCOMPARE(jsonOf({"convert", at("slices"), "-o", at("sharded")}).status, 2);           // not empty
        QCOMPARE(jsonOf({"convert", at("slices"), "-o", at("slices"), "--force"}).status, 2); // an input
        for (const auto& options :
             std::vector<std::vector<std::string>>{{"--max-shard-size", "5 bananas"},
                                                   {"--rename", "x"},
                                                   {"--metadata", "x"},
                                                   {"--rename", "[=x"},
                                                   {"--include", "dtype:none"},
                                                   {"--cast", "int8"},
                                                   {"--verify", "some"},
                                                   {"--memory", "much"},
                                                   {"--single-file", "--max-shard-size", "1GB"},
                                                   {"--no-such-option"}}) {
            std::vector<std::string> call{"convert", at("slices"), "-o", at("never")};
            call.insert(call.end(), options.begin(), options.end());
            const auto ran = jsonOf(call);
            QVERIFY2(ran.status == 2 && ran.json().contains("error") && !ran.err.empty(), options[0].c_str());
        }
        QCOMPARE(
            jsonOf({"convert", at("slices"), "-o", at("never"), "--metadata", "x"}).json()["error"]["rule"],
            json("cli.bad-option"));
        QVERIFY(!QDir(m_folder.filePath("never")).exists());
    }

    void cancelledIs130() {
        std::stop_source source;
        source.request_stop();
        for (const auto& call :
             std::vector<std::vector<std::string>>{{"info", at("slices")},
                                                   {"hash", at("slices")},
                                                   {"convert", at("slices"), "-o", at("cancelled")},
                                                   {"check", at("slices")},
                                                   {"sample", "-o", at("cancelled")}}) {
            const auto ran = runCli(call, source.get_token());
            QVERIFY2(ran.status == 130, call[0].c_str());
            QCOMPARE(ran.err, std::string("Cancelled.\n"));
        }
        QVERIFY(!QDir(m_folder.filePath("cancelled")).exists());
    }

    void writeErrorsAreNoticed() {
        MemorySink out, err;
        out.failure = ENOSPC;
        QCOMPARE(cli::run({"ls", at("slices")}, out, err), 3);
        QVERIFY(err.text.find("cli.output-failed") != std::string::npos ||
                err.text.find("Writing the output") != std::string::npos);
        err.text.clear();
        out.failure = EPIPE;
        QCOMPARE(cli::run({"ls", at("slices")}, out, err), 3);
        QVERIFY(err.text.empty());
    }

    void progressOnlyWhereAsked() {
        QVERIFY(runCli({"hash", at("slices")}).err.empty());
        QVERIFY(!runCli({"hash", at("slices"), "--progress"}).err.empty());
        QVERIFY(runCli({"hash", at("slices"), "--verbose"}).err.find("opened in") != std::string::npos);
    }

    void wrongUsageIs2() {
        for (const auto& call :
             std::vector<std::vector<std::string>>{{},
                                                   {"nonsense"},
                                                   {"ls"},
                                                   {"ls", at("slices"), "--sort", "colour"},
                                                   {"ls", at("slices"), "dtype:bf17"},
                                                   {"info", at("nowhere")},
                                                   {"rules", "no.such-rule"}}) {
            auto withJson = call;
            withJson.emplace_back("--json");
            const auto text = runCli(call), doc = runCli(withJson);
            QCOMPARE(text.status, 2);
            QVERIFY(!text.err.empty() && text.out.empty());
            QCOMPARE(doc.status, 2);
            QVERIFY(hasFields(doc.json()["error"], {"rule", "message", "file", "offset"}));
        }
        QCOMPARE(runCli({"ls", "--json"}).json()["error"]["rule"].get<std::string>(),
                 std::string("cli.usage"));
        QCOMPARE(jsonOf({"rules", "no.such-rule"}).json()["error"]["rule"].get<std::string>(),
                 std::string("cli.no-such-rule"));
        QCOMPARE(jsonOf({"ls", at("slices"), "a", "size>x"}).json()["error"]["offset"].get<int>(), 7);
    }

    void samplesAreTheSameEveryTime() {
        QCOMPARE(runCli({"sample", "-o", at("again")}).status, 0);
        for (const auto& name : QDir(m_folder.filePath("again")).entryList(QDir::Files)) {
            QFile first(m_folder.filePath("slices/" + name)), second(m_folder.filePath("again/" + name));
            QVERIFY(first.open(QIODevice::ReadOnly) && second.open(QIODevice::ReadOnly));
            QVERIFY(first.readAll() == second.readAll());
        }
        const auto refused = jsonOf({"sample", "-o", at("again")});
        QCOMPARE(refused.status, 2);
        QCOMPARE(refused.json()["error"]["rule"].get<std::string>(), std::string("sample.target-not-empty"));
        QCOMPARE(jsonOf({"sample", "sharded", "-o", at("again2")}).json()["files"].get<int>(), 9);
    }

    void helpNamesEveryOption() {
        const std::map<std::string, std::vector<std::string>> options{
            {"info", {"--part", "--variant"}},
            {"ls", {"--sort", "--long", "--csv"}},
            {"tree", {"--depth"}},
            {"show", {"--stats", "--values"}},
            {"meta", {"KEY"}},
            {"check", {"--deep"}},
            {"hash", {"--algorithm"}},
            {"stats", {"--csv"}},
            {"compare", {"--rename", "--tolerance", "--no-values"}},
            {"convert",
             {"--to",           "--output",  "--max-shard-size", "--single-file",  "--map",
              "--like",         "--cast",    "--name-pattern",   "--keep-dtype",   "--include",
              "--exclude",      "--tied",    "--include-name",   "--exclude-name", "--drop-optimizer",
              "--strip-prefix", "--rename",  "--like-rename",    "--tied-drop",    "--metadata",
              "--values",       "--dry-run", "--no-side-files",  "--force",        "--verify",
              "--no-fsync",     "--threads", "--memory",         "--part",         "--partition",
              "--finish"}},
            {"sample", {"--output", "--damaged", "slices"}},
            {"formats", {}},
            {"rules", {"RULE"}}};
        const auto all = runCli({"--help"});
        QCOMPARE(all.status, 0);
        for (const auto& [command, names] : options) {
            QVERIFY(all.out.find("  " + command + " ") != std::string::npos);
            const auto help = runCli({command, "--help"});
            QCOMPARE(help.status, 0);
            for (const auto* common :
                 {"--json", "--color", "--progress", "--verbose", "--threads", "--memory"})
                QVERIFY2(help.out.find(common) != std::string::npos, common);
            for (const auto& name : names)
                QVERIFY2(help.out.find(name) != std::string::npos, (command + " " + name).c_str());
        }
    }

    void rulesAreListed() {
        QVERIFY(jsonOf({"rules"}).json()["rules"].size() > allRules().size());
        QVERIFY(runCli({"rules", "cli.output-failed"}).out.starts_with("cli.output-failed"));
        const auto one = jsonOf({"rules", "slices.missing"}).json()["rules"];
        QCOMPARE(one.size(), std::size_t{1});
        QVERIFY(hasFields(one[0], {"rule", "severity", "sentence", "advice"}));
    }

    void formatsAreListed() {
        const auto doc = jsonOf({"formats"}).json();
        std::set<std::string> ids;
        for (const auto& format : doc["formats"])
            ids.insert(format["id"]);
        QVERIFY(ids.contains("safetensors") && ids.contains("dcp-safetensors") && ids.contains("torch"));
        QVERIFY(!doc["dtypes"].empty());
        QVERIFY(!runCli({"formats"}).out.empty());
    }
};

QTEST_GUILESS_MAIN(CommandsTest)
#include "commands_test.moc"
