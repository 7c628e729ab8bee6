// SPDX-License-Identifier: Apache-2.0
// Several processes write one plan together: whatever order they run in, whoever is killed, the result is
// that of one run, and it appears whole.
#include "convert/convert.h"
#include "convert/partition.h"
#include "convert/plan_digest.h"
#include "support/slices_on_disk.h"

#include <QtTest>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace shardlens;
using namespace shardlens::convert;
using test::SlicesOnDisk;

namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> contents(const std::string& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) {
            std::ifstream file(entry.path(), std::ios::binary);
            std::ostringstream text;
            text << file.rdbuf();
            out[fs::relative(entry.path(), folder).string()] = text.str();
        }
    return out;
}

std::vector<std::string> names(const std::string& folder) {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder))
        out.push_back(entry.path().filename().string());
    std::ranges::sort(out);
    return out;
}

std::string ruleOf(const Result<Report>& report) {
    return report ? "" : std::string(report.error().rule->id);
}

bool has(const Findings& notes, std::string_view rule) {
    return std::ranges::any_of(notes, [rule](const Finding& note) { return note.what.rule->id == rule; });
}

} // namespace

class PartitionTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_number = 0;
    std::optional<SlicesOnDisk> m_model;
    CheckpointPtr m_source;
    std::map<std::string, std::string> m_expected;

    std::string newFolder() {
        const auto path = m_folder.filePath(QString::number(m_number++)).toStdString();
        fs::create_directory(path);
        return path;
    }
    static Options options(const std::string& parent, const std::string& partition = {}) {
        Options out;
        out.output = parent + "/out";
        out.maxShardSize = 30'000;
        out.partition = partition;
        out.sync = false; // what is tested is no loss of power
        return out;
    }
    static Options finishing(const std::string& parent) {
        auto out = options(parent);
        out.finish = true;
        return out;
    }
    Result<Report> run(const Options& wanted) const {
        JobContext context;
        context.threads = 1;
        const auto plan = planConversion(m_source, wanted, context);
        return plan ? execute(*plan, wanted, context) : Result<Report>(Failure(plan.error()));
    }
    static std::string part(int index, int count) {
        return std::to_string(index) + "/" + std::to_string(count);
    }
    /// A child that runs and exits with 0, or with 3 where it failed; this process has no other threads.
    pid_t start(const Options& wanted) const {
        const auto child = ::fork();
        if (child == 0) {
            const auto report = run(wanted);
            if (!report)
                ::fprintf(stderr, "%d: %s\n", ::getpid(), describe(report.error()).c_str());
            ::_exit(report ? 0 : 3);
        }
        return child;
    }
    static int wait(pid_t child) {
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    void compare(const std::string& parent) {
        QCOMPARE(names(parent), std::vector<std::string>{"out"});
        QVERIFY(contents(parent + "/out") == m_expected);
    }

private slots:
    void initTestCase() {
        m_model.emplace(newFolder());
        m_model->add("columns", DType::F32, {100, 100}, 1, 4);
        for (int i = 0; i != 40; ++i)
            m_model->add("layer." + std::to_string(i), DType::F32, {50, 50}, 0, 4);
        m_source = m_model->build(4);
        const auto parent = newFolder();
        QVERIFY(run(options(parent)));
        m_expected = contents(parent + "/out");
        QVERIFY(m_expected.size() > 8);
    }

    void sharesOutEveryFileOnce() {
        const auto parent = newFolder();
        for (const int parts : {1, 3, 4, 100}) {
            std::map<std::string, int> writers;
            std::uint64_t most = 0, least = UINT64_MAX, largest = 0;
            for (int i = 1; i <= parts; ++i) {
                const auto plan = *planConversion(m_source, options(parent, part(i, parts)), {});
                std::uint64_t bytes = 0;
                for (const auto* file : ownFiles(plan)) {
                    ++writers[file->path];
                    bytes += file->bytes;
                    largest = std::max(largest, file->bytes);
                }
                most = std::max(most, bytes);
                least = std::min(least, bytes);
            }
            QCOMPARE(writers.size(), m_expected.size());
            for (const auto& [path, count] : writers)
                QCOMPARE(count, 1);
            QVERIFY(most - least <= largest);
        }
        QVERIFY(names(parent).empty()); // planning writes nothing
    }

    void plansOfOtherBytesHaveOtherDigests() {
        const auto parent = newFolder();
        const auto digest = [&](const Options& wanted) {
            return planDigest(*planConversion(m_source, wanted, {}));
        };
        const auto own = digest(options(parent, "1/2"));
        QCOMPARE(digest(options(parent, "2/3")), own);
        QCOMPARE(digest(options(newFolder())), own); // wherever it goes
        auto other = options(parent);
        other.metadata = {{"a", "b"}};
        QVERIFY(digest(other) != own);
        other = options(parent);
        other.maxShardSize = 40'000;
        QVERIFY(digest(other) != own);
        other = options(parent);
        other.excludeNames = {"layer.3"};
        QVERIFY(digest(other) != own);
        const auto savedAnew = m_model->build(4); // the same bytes, at another time
        QVERIFY(planDigest(*planConversion(savedAnew, options(parent), {})) != own);
        m_source = savedAnew;
    }

    void partsOneAfterTheOther() {
        const auto parent = newFolder();
        for (int i = 1; i <= 3; ++i) {
            const auto report = run(options(parent, part(i, 3)));
            QVERIFY2(report, ruleOf(report).c_str());
            QCOMPARE(report->published, i == 3);
            QCOMPARE(report->waiting.empty(), i == 3);
            QCOMPARE(fs::exists(parent + "/out"), i == 3);
        }
        compare(parent);
        const auto again = run(options(parent, "2/3"));
        QVERIFY2(again, ruleOf(again).c_str());
        QVERIFY(has(again->notes, "convert.published-before"));
        QCOMPARE(again->files, 0u);
        const auto finished = run(finishing(parent));
        QVERIFY2(finished && has(finished->notes, "convert.published-before"), ruleOf(finished).c_str());
        compare(parent);
    }

    void aPartThatIsRunAgainKeepsWhatIsComplete() {
        const auto parent = newFolder();
        const auto first = run(options(parent, "1/2"));
        QVERIFY(first && first->files > 2);
        auto again = run(options(parent, "1/2"));
        QVERIFY(again);
        QCOMPARE(again->files, 0u);
        // Another number of parts shares the rest.
        QVERIFY(run(options(parent, "2/5")) && run(options(parent, "3/5")));
        // A complete file that was damaged since is written anew.
        fs::path damaged;
        for (const auto& entry : fs::recursive_directory_iterator(parent))
            if (entry.path().filename().string().ends_with(".safetensors"))
                damaged = entry.path();
        fs::resize_file(damaged, fs::file_size(damaged) - 1);
        for (int i = 1; i <= 2; ++i)
            QVERIFY(run(options(parent, part(i, 2))));
        compare(parent);
    }

    void manyAtOnce() {
        for (int round = 0; round != 5; ++round) {
            const auto parent = newFolder();
            std::vector<pid_t> children;
            for (int i = 1; i <= 5; ++i)
                children.push_back(start(options(parent, part(i, 5))));
            children.push_back(start(options(parent, "2/5"))); // by mistake, twice
            for (const auto child : children)
                QCOMPARE(wait(child), 0);
            compare(parent);
        }
    }

    void severalPublishAtOnce_data() {
        QTest::addColumn<QString>("target");
        QTest::newRow("new") << "new";
        QTest::newRow("empty") << "empty";
        QTest::newRow("holds other files") << "occupied";
    }
    void severalPublishAtOnce() {
        QFETCH(QString, target);
        for (int round = 0; round != 5; ++round) {
            const auto parent = newFolder();
            auto wanted = finishing(parent);
            if (target != "new")
                fs::create_directory(wanted.output);
            if (target == "occupied") {
                wanted.force = true;
                std::ofstream(wanted.output + "/README.md") << "mine";
                std::ofstream(wanted.output + "/model.safetensors") << "an earlier result";
                for (const auto& [path, text] : m_expected) // the same names and sizes, other bytes
                    std::ofstream(wanted.output + "/" + path, std::ios::binary)
                        << std::string(text.size(), 'x');
            }
            // All parts but one leave their files; a copy of the last one's is what everybody waits for.
            auto first = options(parent, "1/1");
            first.force = wanted.force;
            const auto early = start(first);
            std::vector<pid_t> children;
            for (int i = 0; i != 4; ++i)
                children.push_back(start(first));
            // In a folder that holds others' files, one that is overtaken may have to give up; a repeat converges.
            children.push_back(early);
            bool overtaken = false;
            for (const auto child : children) {
                const int status = wait(child);
                QVERIFY2(status == 0 || (target == "occupied" && status == 3),
                         qPrintable(QString::number(status)));
                overtaken = overtaken || status != 0;
            }
            if (overtaken)
                QCOMPARE(wait(start(first)), 0);
            auto expected = m_expected;
            if (target == "occupied")
                expected["README.md"] = "mine";
            std::erase_if(expected, [](const auto& file) { return file.first == "none"; });
            QCOMPARE(names(parent).front(),
                     target == "occupied" ? names(parent).front() : std::string("out"));
            QVERIFY(contents(parent + "/out") == expected);
        }
    }

    void killedAtAnyMoment() {
        const int rounds = qEnvironmentVariableIsSet("SHARDLENS_ROUNDS")
                               ? qEnvironmentVariableIntValue("SHARDLENS_ROUNDS")
                               : 100;
        std::mt19937 random(11);
        int killed = 0;
        auto parent = newFolder();
        for (int round = 0; round != rounds; ++round) {
            std::vector<pid_t> children;
            for (int i = 1; i <= 3; ++i)
                children.push_back(start(options(parent, part(i, 3))));
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
            for (const auto child : children)
                if (random() % 3 != 0)
                    ::kill(child, SIGKILL);
            bool all = true;
            for (const auto child : children) {
                const auto status = wait(child);
                QVERIFY(status == 0 || status == -1);
                killed += status == -1 ? 1 : 0;
                all = all && status == 0;
            }
            // Whole or not there.
            if (fs::exists(parent + "/out"))
                QVERIFY(contents(parent + "/out") == m_expected);
            if (all) {
                compare(parent);
                parent = newFolder();
            }
        }
        QVERIFY(killed > 0);
        for (int i = 1; i <= 3; ++i)
            QVERIFY(run(options(parent, part(i, 3))));
        compare(parent);
    }

    void killedWhilePublishingIntoAFolder() {
        std::mt19937 random(12);
        for (int round = 0; round != 20; ++round) {
            const auto parent = newFolder();
            auto wanted = options(parent, "1/1");
            wanted.force = true;
            fs::create_directory(wanted.output);
            std::ofstream(wanted.output + "/README.md") << "mine";
            std::ofstream(wanted.output + "/model.safetensors.index.json") << "old";
            const auto child = start(wanted);
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
            ::kill(child, SIGKILL);
            wait(child);
            // The index comes last: where it is new, all others are.
            const auto now = contents(wanted.output);
            if (now.at("model.safetensors.index.json") != "old")
                for (const auto& [path, text] : m_expected)
                    QVERIFY(now.contains(path) && now.at(path) == text);
            const auto again = run(wanted);
            QVERIFY2(again, ruleOf(again).c_str());
            auto expected = m_expected;
            expected["README.md"] = "mine";
            QVERIFY(contents(wanted.output) == expected);
            QCOMPARE(names(parent), std::vector<std::string>{"out"});
        }
    }

    void anotherPlanIsRefused() {
        const auto parent = newFolder();
        QVERIFY(run(options(parent, "1/2")));
        auto other = options(parent, "2/2");
        other.metadata = {{"a", "b"}};
        QCOMPARE(ruleOf(run(other)), std::string("io.other-staging"));
        other.finish = true;
        other.partition.clear();
        QVERIFY(!run(other));
        other.finish = false;
        other.force = true;
        other.partition = "2/2";
        const auto replaced = run(other);
        QVERIFY2(replaced && !replaced->published, ruleOf(replaced).c_str());
        QCOMPARE(ruleOf(run(options(parent, "1/2"))), std::string("io.other-staging"));
        other.partition = "1/2";
        QVERIFY(run(other));
        QCOMPARE(names(parent), std::vector<std::string>{"out"});
        QVERIFY(contents(parent + "/out") != m_expected);
    }

    void finishingWantsAllParts() {
        const auto parent = newFolder();
        QCOMPARE(ruleOf(run(finishing(parent))), std::string("convert.nothing-staged"));
        QVERIFY(run(options(parent, "1/2")));
        QCOMPARE(ruleOf(run(finishing(parent))), std::string("convert.parts-missing"));
        QVERIFY(!fs::exists(parent + "/out"));
    }

    void earlierResultsAreNotTakenForThisOne() {
        const auto parent = newFolder();
        QVERIFY(run(options(parent)));
        auto changed = contents(parent + "/out");
        const auto path = parent + "/out/" + changed.begin()->first;
        {
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(-1, std::ios::end);
            file.put(static_cast<char>(changed.begin()->second.back() ^ 1));
        }
        // The layout is this plan's, the bytes of one file are not.
        int refused = 0;
        for (int i = 1; i <= 2; ++i) {
            const auto report = run(options(parent, part(i, 2)));
            refused += report ? 0 : 1;
            if (!report)
                QCOMPARE(ruleOf(report), std::string("convert.target-not-empty"));
        }
        QCOMPARE(refused, 1);
        QCOMPARE(ruleOf(run(finishing(parent))), std::string("convert.target-not-empty"));
        QCOMPARE(names(parent), std::vector<std::string>{"out"});
    }

    void morePartsThanFiles() {
        const auto parent = newFolder();
        const auto idle = run(options(parent, "99/99"));
        QVERIFY2(idle && !idle->published && idle->waiting.empty(), ruleOf(idle).c_str());
        QVERIFY(names(parent).empty()); // it leaves nothing that another would have to finish
        for (int i = 1; i <= 99; ++i)
            QVERIFY(run(options(parent, part(i, 99))));
        compare(parent);
    }

    void optionsThatDoNotGoTogether() {
        const auto parent = newFolder();
        auto wanted = options(parent, "1/2");
        wanted.output += ".safetensors";
        QCOMPARE(ruleOf(run(wanted)), std::string("convert.bad-option"));
        wanted = options(parent, "1/2");
        wanted.finish = true;
        QCOMPARE(ruleOf(run(wanted)), std::string("convert.bad-option"));
        std::ofstream((fs::create_directory(parent + "/out"), parent + "/out/mine.txt")) << "precious";
        QCOMPARE(ruleOf(run(options(parent, "1/2"))), std::string("convert.target-not-empty"));
        QCOMPARE(names(parent), std::vector<std::string>{"out"});
    }
};

QTEST_GUILESS_MAIN(PartitionTest)
#include "partition_test.moc"
