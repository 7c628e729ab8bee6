// SPDX-License-Identifier: Apache-2.0
#include "analysis/deep_check.h"
#include "formats/open.h"
#include "formats/pickle/findings.h"
#include "formats/pickle/rules.h"
#include "model/value_json.h"
#include "model/value_text.h"
#include "support/dcp_maker.h"
#include "support/jail.h"
#include "support/parsed_pickles.h"
#include "support/zip_maker.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

using namespace shardlens;
using namespace shardlens::pickle;
using namespace shardlens::test;
using namespace std::string_literals;

namespace {

struct Attack {
    std::string bytes;
    bool runsInPython = true; ///< with nothing but Python's own modules
};

std::string longText(std::string_view text) {
    return "X" + little(text.size(), 4) + std::string(text);
}

/// Every way in which a pickle makes Python call something, each of which creates the file `marker`.
std::vector<Attack> attacksOn(const std::string& marker) {
    const std::string shell = longText("touch '" + marker + "'");
    const std::string code = longText("open('" + marker + "', 'w').close()");
    const std::string os = "c__builtin__\n__import__\n(S'os'\ntR";
    const std::string inner = "cposix\nsystem\n(" + shell + "tR.";
    return {
        {"cposix\nsystem\n(" + shell + "tR."},                                               // REDUCE
        {"\x80\x04" + shortText("posix") + shortText("system") + "\x93" + shell + "\x85R."}, // STACK_GLOBAL
        {"(" + shell + "iposix\nsystem\n."},                                                 // INST
        {"(cposix\nsystem\n" + shell + "o."},                                                // OBJ
        {"cposix\nsystem\n" + shell + "\x85\x81.", false},                                   // NEWOBJ
        {"cposix\nsystem\n(" + shell + "t}\x92.", false},                                    // NEWOBJ_EX
        {"cbuiltins\neval\n(" + code + "tR."},
        {"c__builtin__\nexec\n(" + code + "tR."},
        {"c__builtin__\ngetattr\n(" + os + "S'system'\ntR(" + shell + "tR."},
        {"coperator\nattrgetter\n(S'system'\ntR(" + os + "tR(" + shell + "tR."},
        {"coperator\nmethodcaller\n(S'system'\n" + shell + "tR(" + os + "tR."},
        {"cfunctools\npartial\n(cposix\nsystem\n" + shell + "tR)R."},
        {"csubprocess\ncheck_call\n((lS'touch'\na" + longText(marker) + "atR."},
        {"cpickle\nloads\n(B" + little(inner.size(), 4) + inner + "tR."},
        {"ctimeit\ntimeit\n(" + code + "S'0'\ntR.", false},
        {"crunpy\nrun_path\n(" + code + "tR.", false},
        {"cpathlib\nPath.touch\n(cpathlib\nPosixPath\n(" + longText(marker) + "tRtR.", false}, // protocol 4
        {"\x80\x04" + shortText("pathlib") + shortText("Path.touch") + "\x93" + shortText("pathlib") +
         shortText("PosixPath") + "\x93" + longText(marker) + "\x85R\x85R."},
        {"ctorch.serialization\nload\n(" + shell + "tR.", false},
        {"ctorch\nserialization.os.system\n(" + shell + "tR.", false},
    };
}

} // namespace

class GlobalsTest : public QObject {
    Q_OBJECT

private slots:
    void attacksWorkInPython();
    void neverRunsAnything();
    void runsNothingInAJail();
    void judgesGlobals_data();
    void judgesGlobals();
    void acceptsEnumMembersOfPython311();
    void reportsUnknownClassesOnce();
};

// Python does what they say, which is what makes the other tests say something.
void GlobalsTest::attacksWorkInPython() {
    const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
    if (python.isEmpty())
        QSKIP("there is no python3 to attack");
    const QTemporaryDir folder;
    const std::string marker = folder.filePath(QStringLiteral("marker")).toStdString();
    for (const Attack& attack : attacksOn(marker)) {
        if (!attack.runsInPython)
            continue;
        QFile file(folder.filePath(QStringLiteral("attack.pkl")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(attack.bytes));
        file.close();
        QProcess process;
        process.start(python, {QStringLiteral("-c"),
                               QStringLiteral("import pickle,sys; pickle.load(open(sys.argv[1], 'rb'))"),
                               file.fileName()});
        QVERIFY(process.waitForFinished());
        QVERIFY2(QFile::remove(QString::fromStdString(marker)), attack.bytes.c_str());
    }
}

void GlobalsTest::neverRunsAnything() {
    const QTemporaryDir folder;
    const std::string marker = folder.filePath(QStringLiteral("marker")).toStdString();
    for (const Attack& attack : attacksOn(marker)) {
        const auto parsed = run(attack.bytes);
        VERIFY_OK(parsed);
        const Findings findings = globalFindings(**parsed, inFile("attack.pkl"));
        QVERIFY(!findings.empty());
        COMPARE_TEXT(findings[0].what.rule->id, "pickle.dangerous-global");
        QVERIFY(findings[0].severity() == Severity::Error);
        QVERIFY(message(findings[0].what).find("Python would run it") != std::string::npos);
        QVERIFY(!QFile::exists(QString::fromStdString(marker)));
    }
}

/// All that the program does with a checkpoint: open it, decode and print its values, read its tensors.
int useWhole(const std::string& path) {
    const auto opened = open(path, {}, {});
    if (!opened)
        return 1;
    const auto& checkpoint = **opened;
    std::size_t printed = toJson(checkpoint.metadata()).size();
    for (std::uint32_t i = 0; i < checkpoint.entryCount(); ++i)
        if (const auto value = checkpoint.value(EntryId(i)))
            printed += toJson(*value).size() + toLine(*value, 1000).size();
    for (const auto& finding : checkpoint.findings())
        printed += describe(finding.what).size();
    const bool dangerous = std::ranges::any_of(checkpoint.findings(), [](const Finding& finding) {
        return finding.what.rule->id == "pickle.dangerous-global";
    });
    return dangerous && printed > 0 && deepCheck(*opened, {}) ? 0 : 2;
}

// The kernel watches: whatever starts a program, writes a file or makes a socket ends the process.
void GlobalsTest::runsNothingInAJail() {
    const auto bitten = runInJail([] { return std::system("true") == 0 ? 0 : 1; });
    if (!bitten.started)
        QSKIP("the system allows no jail here");
    const TempFolder folder;
    const auto writing = runInJail([&] {
        folder.write("written", std::string_view("x"));
        return 0;
    });
    QCOMPARE(writing.signal, SIGSYS);
    QVERIFY(!folder.exists("written"));
    const auto starting = runInJail([] { return ::execl("/bin/true", "true", nullptr); });
    QCOMPARE(starting.signal, SIGSYS);
    int number = 0;
    for (const Attack& attack : attacksOn(folder.path("marker"))) {
        // A state with the attack beside it, as a torch.save file, and as a distributed checkpoint's value.
        const std::string body = attack.bytes.substr(0, attack.bytes.size() - 1);
        const std::string name = std::to_string(number++);
        const auto state =
            "\x80\x02}(X\x01\0\0\0a"s + (body.starts_with('\x80') ? body.substr(2) : body) + "u.";
        folder.write(name + ".pt", makeZip({{.name = "archive/data.pkl", .data = state}}));
        DcpMaker maker = DcpMaker::sound();
        maker.values[0].item.content = textOf(makeZip({{.name = "archive/data.pkl", .data = attack.bytes}}));
        folder.write(name + "/.metadata", maker.write(folder, name + "/"));
        for (const auto& path : {folder.path(name + ".pt"), folder.path(name)}) {
            const auto outcome = runInJail([&] { return useWhole(path); });
            QCOMPARE(outcome.signal, 0);
            QVERIFY2(outcome.status == 0, attack.bytes.c_str());
        }
        QVERIFY(!folder.exists("marker"));
    }
}

void GlobalsTest::judgesGlobals_data() {
    QTest::addColumn<QString>("module");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("danger");
    const auto row = [](const char* module, const char* name, Danger danger) {
        QTest::addRow("%s.%s", module, name)
            << QString::fromLatin1(module) << QString::fromLatin1(name) << static_cast<int>(danger);
    };
    for (const char* module :
         {"os", "posix", "nt", "subprocess", "sys", "runpy", "importlib", "importlib.util", "shutil",
          "socket", "ctypes", "pickle", "cPickle", "_pickle", "os.path", "types", "code", "pty"})
        row(module, "anything", Danger::Dangerous);
    for (const char* name :
         {"eval", "exec", "getattr", "__import__", "compile", "open", "breakpoint", "globals", "map"}) {
        row("builtins", name, Danger::Dangerous);
        row("__builtin__", name, Danger::Dangerous);
    }
    row("operator", "attrgetter", Danger::Dangerous);
    row("_io", "open", Danger::Dangerous);
    row("torch", "load", Danger::Dangerous);
    row("torch.hub", "load", Danger::Dangerous);
    row("torch", "serialization.os.system", Danger::Dangerous);
    row("collections", "OrderedDict.__class__", Danger::Dangerous);
    row("pathlib", "Path.unlink", Danger::Dangerous);
    row("functools", "partial", Danger::Dangerous);
    row("torch._utils", "_rebuild_tensor_v2", Danger::Harmless);
    row("torch", "BFloat16Storage", Danger::Harmless);
    row("torch", "bfloat16", Danger::Harmless);
    row("collections", "OrderedDict", Danger::Harmless);
    row("numpy._core.multiarray", "_reconstruct", Danger::Harmless);
    row("numpy.dtypes", "Float32DType", Danger::Harmless);
    row("pathlib", "PosixPath", Danger::Harmless);
    row("_io", "BytesIO", Danger::Harmless);
    row("__builtin__", "set", Danger::Harmless);
    row("torch.distributed.checkpoint.metadata", "Metadata", Danger::Harmless);
    row("argparse", "Namespace", Danger::Unknown);
    row("torch.nn.modules.linear", "Linear", Danger::Unknown);
    row("my_company.models", "Config", Danger::Unknown);
    row("torch", "float32 float64", Danger::Unknown);
    row("torch.distributed.checkpoint.metadata", "os", Danger::Dangerous);
}

void GlobalsTest::judgesGlobals() {
    QFETCH(QString, module);
    QFETCH(QString, name);
    QFETCH(int, danger);
    QCOMPARE(static_cast<int>(judge(module.toStdString(), name.toStdString())), danger);
}

void GlobalsTest::acceptsEnumMembersOfPython311() {
    const auto enumeration =
        run("cbuiltins\ngetattr\n(ctorch.distributed.checkpoint.metadata\n_MEM_FORMAT_ENCODING\n"
            "VTORCH_CONTIGUOUS_FORMAT\ntR.");
    QVERIFY(enumeration);
    QVERIFY(globalFindings(**enumeration, {}).empty());
    // What getattr returns is called: no longer a member of an enumeration.
    const auto called = run("cbuiltins\ngetattr\n(cm\nA\nVmethod\ntR)R.");
    QVERIFY(called);
    QCOMPARE(globalFindings(**called, {})[0].what.rule->id, std::string_view("pickle.dangerous-global"));
    const auto dunder = run("cbuiltins\ngetattr\n(cm\nA\nV__globals__\ntR.");
    QCOMPARE(globalFindings(**dunder, {})[0].what.rule->id, std::string_view("pickle.dangerous-global"));
    const auto uncalled = run("cbuiltins\ngetattr\n.");
    QCOMPARE(globalFindings(**uncalled, {})[0].what.rule->id, std::string_view("pickle.dangerous-global"));
}

void GlobalsTest::reportsUnknownClassesOnce() {
    std::string many;
    for (int i = 0; i < 40; ++i)
        many += "cmy.module\nClass" + std::to_string(i % 20) + "\n0";
    const auto parsed = run(many + "N.");
    QVERIFY(parsed);
    const Findings findings = globalFindings(**parsed, inFile("a.pt"));
    QCOMPARE(findings.size(), 1U);
    QCOMPARE(findings[0].what.rule->id, std::string_view("pickle.unknown-classes"));
    QVERIFY(findings[0].severity() == Severity::Info);
    QVERIFY(message(findings[0].what).find("20 classes") != std::string::npos);
    QVERIFY(message(findings[0].what).find("my.module.Class0") != std::string::npos);
}

QTEST_GUILESS_MAIN(GlobalsTest)
#include "globals_test.moc"
