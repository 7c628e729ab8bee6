// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/findings.h"
#include "formats/pickle/parse.h"
#include "formats/pickle/rules.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

using namespace shardlens;
using namespace shardlens::pickle;
using namespace std::string_literals;

namespace {

std::vector<std::byte> bytesOf(std::string_view text) {
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    return {begin, begin + text.size()};
}

Location inFile(std::string name) {
    Location where;
    where.file = std::move(name);
    return where;
}

Result<PicklePtr> run(std::string_view text, const JobContext& context = {}) {
    return parse(ownedInput(bytesOf(text), inFile("test.pkl")), context);
}

std::string little(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    return text;
}

std::string ruleOf(const Result<PicklePtr>& result) {
    return result ? "none"s : std::string(result.error().rule->id);
}

std::string readFile(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

const std::string& golden(int protocol) {
    static const std::vector<std::string> files = [] {
        std::vector<std::string> all;
        for (int i = 0; i <= 5; ++i)
            all.push_back(readFile(QStringLiteral(SHARDLENS_TEST_DATA "/pickle/values_p%1.pkl").arg(i)));
        return all;
    }();
    return files[static_cast<std::size_t>(protocol)];
}

std::string shortText(std::string_view text) {
    return "\x8c" + little(text.size(), 1) + std::string(text);
}

} // namespace

class MachineTest : public QObject {
    Q_OBJECT

private slots:
    void readsEveryProtocol_data();
    void readsEveryProtocol();
    void keepsSharingAndCycles();
    void buildsObjects();
    void foldsTorchSizes();
    void readsPython2();
    void refuses_data();
    void refuses();
    void namesTheOffset();
    void stopsAtStop();
    void readsFromTheMiddleOfASource();
    void limitsMemory();
    void limitsEverythingElse();
    void survivesDeepNesting();
    void survivesTruncation();
    void survivesMutation();
    void neverRunsAnything();
    void judgesGlobals_data();
    void judgesGlobals();
    void acceptsEnumMembersOfPython311();
    void reportsUnknownClassesOnce();
    void stopsWhenAsked();
};

void MachineTest::readsEveryProtocol_data() {
    QTest::addColumn<int>("protocol");
    for (int protocol = 0; protocol <= 5; ++protocol)
        QTest::addRow("protocol %d", protocol) << protocol;
}

void MachineTest::readsEveryProtocol() {
    QFETCH(int, protocol);
    const auto parsed = run(golden(protocol));
    QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
    const Pickle& p = **parsed;
    QCOMPARE(p.end(), golden(protocol).size());
    const auto at = [&](const char* key) {
        return p.find(p.root(), key).value_or(Node());
    };
    QCOMPARE(p.asBool(at("true")), true);
    QCOMPARE(p.kind(at("false")), Kind::Bool);
    QCOMPARE(p.asInt(at("byte")).value(), 200);
    QCOMPARE(p.asInt(at("short")).value(), 60000);
    QCOMPARE(p.asInt(at("int")).value(), -5);
    QCOMPARE(p.asInt(at("wide")).value(), std::int64_t{1} << 62);
    QCOMPARE(p.asInt(at("minint")).value(), std::numeric_limits<std::int64_t>::min());
    QCOMPARE(p.integerText(at("big")), "1180591620717411303424"s);
    QCOMPARE(p.integerText(at("negbig")), "-1180591620717411303424"s);
    QCOMPARE(p.asFloat(at("float")), 0.1);
    QCOMPARE(p.asFloat(at("inf")), std::numeric_limits<double>::infinity());
    QVERIFY(p.asFloat(at("nan")) != p.asFloat(at("nan")));
    QCOMPARE(std::string(p.text(at("text"))), "t\u00ebxt\n\\ \u20ac \U0001f600"s);
    QCOMPARE(std::string(p.text(at("quote"))), "'\""s);
    QCOMPARE(p.size(at("tuple0")), 0U);
    QCOMPARE(p.size(at("tuple4")), 4U);
    QCOMPARE(p.size(at("long_list")), 1001U);
    QCOMPARE(p.asInt(p.items(at("long_list"))[1000]).value(), 1000);
    QVERIFY(p.isCall(at("ordered"), "collections", "OrderedDict"));
    QVERIFY(globalFindings(p, {}).empty());
}

void MachineTest::keepsSharingAndCycles() {
    const auto parsed = run(golden(4));
    QVERIFY(parsed);
    const Pickle& p = **parsed;
    QCOMPARE(p.find(p.root(), "shared_a").value(), p.find(p.root(), "shared_b").value());
    const Node cycle = p.find(p.root(), "cycle").value();
    QCOMPARE(p.items(cycle)[1], cycle);
}

void MachineTest::buildsObjects() {
    // OBJ, INST, NEWOBJ_EX, EXT1, a persistent id with a state, list and dict items of an object.
    const auto parsed = run("("
                            "(cm\nA\nK\x01o"
                            "(K\x02im\nB\n"
                            "cm\nC\n(K\x03t}\x92"
                            "\x82\x07"
                            "X\x02\0\0\0idQ}b"
                            "cm\nD\n)R(K\x04K\x05"
                            "e(K\x06K\x07u"
                            "t."s);
    QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
    const Pickle& p = **parsed;
    const auto items = p.items(p.root());
    QCOMPARE(items.size(), 6U);
    QCOMPARE(p.global(items[0])->qualified(), "m.A"s);
    QCOMPARE(p.form(items[0]), Pickle::Form::Inst);
    QCOMPARE(p.asInt(p.args(items[1])[0]).value(), 2);
    QCOMPARE(p.form(items[2]), Pickle::Form::NewObjEx);
    QCOMPARE(p.kind(p.kwargs(items[2])), Kind::Dict);
    QCOMPARE(p.code(items[3]), 7U);
    QCOMPARE(p.kind(p.callable(items[4])), Kind::Persistent);
    QVERIFY(p.state(items[4]).has_value());
    QCOMPARE(p.listItems(items[5]).size(), 2U);
    QCOMPARE(p.dictItems(items[5]).size(), 2U);
}

void MachineTest::foldsTorchSizes() {
    const auto parsed = run("ctorch\nSize\nK\x07K\x06\x86\x85R."s);
    QVERIFY(parsed);
    QCOMPARE((*parsed)->kind((*parsed)->root()), Kind::Size);
    QCOMPARE((*parsed)->asInt((*parsed)->items((*parsed)->root())[0]).value(), 7);
}

void MachineTest::readsPython2() {
    const auto parsed =
        run("(lp0\nI01\naI7\naL123456789012345678901234567890L\naF1.5\naS'a\\x41\\n\\101'\naVx\\u20ac\n"
            "aU\x02zz"
            "aT\x02\0\0\0yya(dp1\nS'k'\nNsag1\na."s);
    QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
    const Pickle& p = **parsed;
    const auto items = p.items(p.root());
    QCOMPARE(items.size(), 10U);
    QCOMPARE(p.asBool(items[0]), true);
    QCOMPARE(p.asInt(items[1]).value(), 7);
    QCOMPARE(p.integerText(items[2]), "123456789012345678901234567890"s);
    QCOMPARE(p.asFloat(items[3]), 1.5);
    QCOMPARE(std::string(p.text(items[4])), "aA\nA"s);
    QCOMPARE(std::string(p.text(items[5])), "x\u20ac"s);
    QCOMPARE(std::string(p.text(items[7])), "yy"s);
    QCOMPARE(items[8], items[9]);
}

void MachineTest::refuses_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("rule");
    const auto row = [](const char* name, const std::string& bytes, const char* rule) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString::fromLatin1(rule);
    };
    row("nothing", "", "pickle.truncated");
    row("no STOP", "N", "pickle.truncated");
    row("half a number", "J\x01\x02", "pickle.truncated");
    row("no newline", "I12", "pickle.truncated");
    row("string of 2^63", "\x8d" + little(std::uint64_t{1} << 63, 8) + "x.", "pickle.length-past-end");
    row("bytes of 2^63", "\x8e" + little(std::uint64_t{1} << 63, 8) + ".", "pickle.length-past-end");
    row("bytearray of 2^64 - 1", "\x96" + little(~std::uint64_t{0}, 8) + ".", "pickle.length-past-end");
    row("string of 4 GiB",
        "X\xff\xff\xff\xff"
        "a.",
        "pickle.length-past-end");
    row("long of 2 GiB", "\x8b\xff\xff\xff\x7f.", "pickle.length-past-end");
    row("frame of 2^63", "\x80\x04\x95" + little(std::uint64_t{1} << 63, 8) + "N.", "pickle.length-past-end");
    row("negative long", "\x8b\xff\xff\xff\xff.", "pickle.bad-argument");
    row("negative string", "T\xff\xff\xff\xff.", "pickle.bad-argument");
    row("no integer", "Iabc\n.", "pickle.bad-argument");
    row("no number", "Fabc\n.", "pickle.bad-argument");
    row("no quotes", "Sabc\n.", "pickle.bad-argument");
    row("no memo index", "Np-1\n.", "pickle.bad-argument");
    row("no opcode", "\xff.", "pickle.bad-opcode");
    row("protocol 6", "\x80\x06N.", "pickle.bad-protocol");
    row("STOP on an empty stack", ".", "pickle.stack-underflow");
    row("REDUCE on one value", "NR.", "pickle.stack-underflow");
    row("APPEND below a mark", "](a.", "pickle.stack-underflow");
    row("odd SETITEMS", "}(Nu.", "pickle.stack-underflow");
    row("odd DICT", "(Nd.", "pickle.stack-underflow");
    row("OBJ without class", "(o.", "pickle.stack-underflow");
    row("TUPLE without mark", "Nt.", "pickle.no-mark");
    row("APPENDS without mark", "]e.", "pickle.no-mark");
    row("APPEND to an integer", "K\x01Na.", "pickle.wrong-type");
    row("SETITEM of a list", "]NNs.", "pickle.wrong-type");
    row("REDUCE with a list", "cm\nn\n]R.", "pickle.wrong-type");
    row("STACK_GLOBAL of integers", "K\x01K\x02\x93.", "pickle.wrong-type");
    row("NEWOBJ_EX without dict", "cm\nn\n)N\x92.", "pickle.wrong-type");
    row("READONLY_BUFFER of None", "N\x98.", "pickle.wrong-type");
    row("unknown memo entry", "h\x05.", "pickle.bad-memo");
    row("memo bomb", "Nr\xff\xff\xff\xff.", "pickle.memo-too-large");
    row("memo bomb in text", "Np99999999999\n.", "pickle.memo-too-large");
}

void MachineTest::refuses() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, rule);
    const auto parsed = run(bytes.toStdString());
    QCOMPARE(QString::fromStdString(ruleOf(parsed)), rule);
    QVERIFY(parsed.error().where.offset.has_value());
    QCOMPARE(parsed.error().where.file, "test.pkl"s);
    QVERIFY(!message(parsed.error()).empty());
}

void MachineTest::namesTheOffset() {
    auto input = ownedInput(bytesOf("NNN\xff"), {.file = "a", .offset = 1000, .item = {}});
    const auto parsed = parse(std::move(input), {});
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().where.offset.value(), 1003U);
}

void MachineTest::stopsAtStop() {
    const auto parsed = run("K\x05.rest of the file");
    QVERIFY(parsed);
    QCOMPARE((*parsed)->end(), 3U);
}

void MachineTest::readsFromTheMiddleOfASource() {
    std::string text(100, 'x');
    text += "X" + little(200'000, 4) + std::string(200'000, 'y') + ".";
    text += std::string(1'000'000, 'z');
    const auto source = memorySource("legacy.pt", bytesOf(text));
    const auto parsed = parseAt(*source, 100, inFile("legacy.pt"), {});
    QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
    QCOMPARE((*parsed)->text((*parsed)->root()).size(), 200'000U);
    QCOMPARE((*parsed)->end(), 100U + 200'000U + 6U);
    const auto cut = parseAt(*memorySource("cut", bytesOf("X\xff\xff")), 0, inFile("cut"), {});
    QCOMPARE(ruleOf(cut), "pickle.truncated"s);
}

void MachineTest::limitsMemory() {
    Limits limits;
    limits.pickleMemory = 4096;
    limits.pickleExpansion = 1;
    JobContext context;
    context.limits = &limits;
    std::string lists(100'000, ']');
    QCOMPARE(ruleOf(run(lists + ".", context)), "pickle.too-much-memory"s);
    std::string globals;
    for (int i = 0; i < 2000; ++i)
        globals += "cm\nn" + std::to_string(i) + "\n0";
    QCOMPARE(ruleOf(run(globals + "N.", context)), "pickle.too-much-memory"s);
}

void MachineTest::limitsEverythingElse() {
    Limits limits;
    limits.pickleDepth = 10;
    limits.pickleNodes = 5;
    limits.pickleString = 8;
    limits.pickleMemo = 3;
    limits.pickle = 1000;
    JobContext context;
    context.limits = &limits;
    QCOMPARE(ruleOf(run(std::string(11, '(') + "N.", context)), "pickle.too-deep"s);
    QCOMPARE(ruleOf(run("]0]0]0]0]0]0N.", context)), "pickle.too-many-nodes"s);
    QCOMPARE(ruleOf(run(shortText("123456789") + ".", context)), "pickle.string-too-long"s);
    QCOMPARE(ruleOf(run("N\x94\x94\x94\x94.", context)), "pickle.memo-too-large"s);
    QCOMPARE(ruleOf(run(std::string(1001, 'N') + ".", context)), "pickle.too-large"s);
    const auto source = memorySource("large.pkl", std::vector<std::byte>(1001));
    const auto read = readInput(*source, 0, 1001, {}, context);
    QVERIFY(!read);
    QCOMPARE(read.error().rule->id, std::string_view("pickle.too-large"));
}

void MachineTest::survivesDeepNesting() {
    constexpr std::size_t Deep = 1'000'000;
    QElapsedTimer timer;
    timer.start();
    QVERIFY(run(std::string(Deep, ']') + std::string(Deep - 1, 'a') + "."));
    QVERIFY(run("N" + std::string(Deep, '\x85') + "."));
    QCOMPARE(ruleOf(run(std::string(Deep, '(') + ".")), "pickle.too-deep"s);
    QVERIFY(timer.elapsed() < 3000);
}

void MachineTest::survivesTruncation() {
    for (int protocol = 0; protocol <= 5; ++protocol) {
        const std::string& whole = golden(protocol);
        QVERIFY(!whole.empty());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const auto parsed = run(std::string_view(whole).substr(0, length));
            QVERIFY2(!parsed, "a truncated pickle has no STOP");
            QVERIFY(parsed.error().where.offset.value() <= length);
        }
    }
}

void MachineTest::survivesMutation() {
    QRandomGenerator random(1); // a fixed seed: a failure can be repeated
    for (int round = 0; round < 3000; ++round) {
        std::string text = golden(static_cast<int>(random.bounded(6U)));
        const unsigned changes = 1 + random.bounded(8U);
        for (unsigned i = 0; i < changes; ++i)
            text[random.bounded(static_cast<quint32>(text.size()))] = static_cast<char>(random.bounded(256U));
        const auto parsed = run(text);
        if (parsed)
            static_cast<void>(globalFindings(**parsed, {}));
        else
            QVERIFY(!parsed.error().rule->id.empty());
    }
}

// Every way in which a pickle makes Python call something, each of which would create a file.
void MachineTest::neverRunsAnything() {
    const QTemporaryDir folder;
    const std::string marker = folder.filePath(QStringLiteral("marker")).toStdString();
    const std::string command = "touch " + marker;
    const std::string argument = "X" + little(command.size(), 4) + command;
    const std::vector<std::string> attacks{
        "cposix\nsystem\n(" + argument + "tR.",
        "\x80\x04" + shortText("posix") + shortText("system") + "\x93" + argument + "\x85R.",
        "(" + argument + "iposix\nsystem\n.",
        "(cposix\nsystem\n" + argument + "o.",
        "cposix\nsystem\n" + argument + "\x85\x81.",
        "cbuiltins\neval\n(" + argument + "tR.",
        "c__builtin__\ngetattr\n(c__builtin__\n__import__\n(S'os'\ntRS'system'\ntR(" + argument + "tR.",
        "csubprocess\nPopen\n(" + argument + "tR.",
        "ctorch.serialization\nload\n(" + argument + "tR.",
        "ctorch\nserialization.os.system\n(" + argument + "tR.",
        "coperator\nattrgetter\n(S'system'\ntR(cos\nsystem\ntR.",
    };
    for (const std::string& attack : attacks) {
        const auto parsed = run(attack);
        QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
        const Findings findings = globalFindings(**parsed, inFile("attack.pkl"));
        QVERIFY(!findings.empty());
        QCOMPARE(findings[0].what.rule->id, std::string_view("pickle.dangerous-global"));
        QVERIFY(findings[0].severity() == Severity::Error);
        QVERIFY(message(findings[0].what).find("Python would run it") != std::string::npos);
        QVERIFY(!QFile::exists(QString::fromStdString(marker)));
    }
    // The commands above do work where they are run, so that their absence means something.
    QCOMPARE(QProcess::execute(QStringLiteral("touch"), {QString::fromStdString(marker)}), 0);
    QVERIFY(QFile::exists(QString::fromStdString(marker)));
    // And nothing in the room could run them.
    const QDir room(QStringLiteral(SHARDLENS_SOURCE_DIR "/core/formats/pickle"));
    for (const QString& name : room.entryList({QStringLiteral("*.cpp"), QStringLiteral("*.h")})) {
        const QString text = QString::fromStdString(readFile(room.filePath(name)));
        static const QRegularExpression runs(QStringLiteral(
            R"(#include <(unistd|spawn|dlfcn|sys/[a-z]+)\.?h?>|\b(popen|fork|execv[pe]*|execl[pe]*|dlopen|posix_spawn[p]?)\s*\()"));
        QVERIFY2(!runs.match(text).hasMatch(), qPrintable(name));
    }
}

void MachineTest::judgesGlobals_data() {
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

void MachineTest::judgesGlobals() {
    QFETCH(QString, module);
    QFETCH(QString, name);
    QFETCH(int, danger);
    QCOMPARE(static_cast<int>(judge(module.toStdString(), name.toStdString())), danger);
}

void MachineTest::acceptsEnumMembersOfPython311() {
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

void MachineTest::reportsUnknownClassesOnce() {
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

void MachineTest::stopsWhenAsked() {
    // Without the stop this runs for more than half a second even in a fast build.
    std::string text;
    for (int i = 0; i < 20'000'000; ++i)
        text += "N0";
    std::stop_source source;
    JobContext context;
    context.stop = source.get_token();
    Progress progress;
    context.progress = &progress;
    context.begin("reading", text.size());
    auto input = ownedInput(bytesOf(text), {});
    QElapsedTimer timer;
    std::jthread stopper([&source] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        source.request_stop();
    });
    timer.start();
    const auto parsed = parse(std::move(input), context, true);
    if (!parsed) { // a very fast machine may be done before
        QCOMPARE(parsed.error().rule->id, std::string_view("job.cancelled"));
        QVERIFY(timer.elapsed() < 1000);
    }
    QVERIFY(progress.snapshot().done > 0);
}

QTEST_GUILESS_MAIN(MachineTest)
#include "machine_test.moc"
