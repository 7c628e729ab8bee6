// SPDX-License-Identifier: Apache-2.0
// Runs every fuzz target over its seeds and over random changes of them, so that the targets do not rot and
// what a fuzzer once found stays mended. The changes are the same in every run.
#include "fuzz/target.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace shardlens;

namespace {

constexpr int changesOfEachSeed = 100;
constexpr qint64 largestSeed = 16 * 1024; // larger ones take their time and show nothing new

std::vector<std::string> seedsOf(const fuzz::Target& target) {
    std::vector<std::string> seeds;
    for (const auto& folder : target.seeds) {
        QDirIterator files(QString(SHARDLENS_SOURCE_DIR) + "/tests/" + QString::fromStdString(folder),
                           QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.size() <= largestSeed && file.open(QIODevice::ReadOnly))
                seeds.push_back(file.readAll().toStdString());
        }
    }
    std::ranges::sort(seeds);
    return seeds;
}

/// What files are damaged by: bits, bytes that mean something, and pieces that are lost or doubled.
std::string changed(std::string text, const std::string& other, std::mt19937& random) {
    static const std::string telling[] = {"\"",
                                          "\\",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          ",",
                                          ":",
                                          " ",
                                          "0",
                                          "-",
                                          ".5",
                                          "e9",
                                          std::string(1, '\0'),
                                          "\xff",
                                          "\xc3\xa9",
                                          "\\u00e9",
                                          "\\ud83d",
                                          "null",
                                          "true",
                                          "\n",
                                          "18446744073709551616",
                                          "\"__metadata__\"",
                                          "\"dtype\"",
                                          "\"shape\"",
                                          "\"data_offsets\"",
                                          "PK"};
    const auto below = [&](std::size_t bound) {
        return bound == 0 ? 0 : std::size_t(random()) % bound;
    };
    const auto steps = 1 + below(4);
    for (std::size_t step = 0; step < steps; ++step) {
        const auto at = below(text.size() + 1);
        switch (below(6)) {
        case 0:
            if (at < text.size())
                text[at] = char(text[at] ^ (1 << below(8)));
            break;
        case 1:
            text.insert(at, telling[below(std::size(telling))]);
            break;
        case 2:
            text.erase(at, 1 + below(16));
            break;
        case 3:
            text.insert(at, text.substr(below(text.size() + 1), below(64)));
            break;
        case 4:
            text.insert(at, other.substr(below(other.size() + 1), below(64)));
            break;
        default:
            if (at < text.size())
                text[at] = char(random());
        }
    }
    return text;
}

} // namespace

class TargetsTest : public QObject {
    Q_OBJECT

private slots:
    void holds_data() {
        QTest::addColumn<int>("index");
        QVERIFY(!fuzz::targets().empty());
        for (std::size_t i = 0; i < fuzz::targets().size(); ++i)
            QTest::newRow(std::string(fuzz::targets()[i].name).c_str()) << int(i);
    }

    void holds() {
        QFETCH(int, index);
        const auto& target = fuzz::targets()[std::size_t(index)];
        const auto seeds = seedsOf(target);
        QVERIFY(!seeds.empty());
        std::mt19937 random(20240229);
        for (const auto& seed : seeds) {
            target.run(seed);
            for (int i = 0; i < changesOfEachSeed; ++i)
                target.run(changed(seed, seeds[random() % seeds.size()], random));
        }
    }
};

QTEST_GUILESS_MAIN(TargetsTest)
#include "targets_test.moc"
