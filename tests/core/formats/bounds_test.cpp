// SPDX-License-Identifier: Apache-2.0
// What files that were made to exhaust the machine cost: each is opened and printed in a process of its own,
// whose memory may exceed the file's size by 256 MiB at most, and each is refused or reported with its place.
#include "formats/open.h"
#include "model/value_json.h"
#include "support/dcp_maker.h"
#include "support/jail.h"
#include "support/pickle_maker.h"
#include "support/temp_folder.h"
#include "support/zip_maker.h"

#include <QtTest>

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

using namespace shardlens;
using namespace shardlens::test;
using namespace std::string_literals;

namespace {

constexpr std::uint64_t Allowed = 256 * Limits::MiB;
constexpr std::size_t Million = 1'000'000;

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        out += text;
    return out;
}

std::string deflated(const std::string& text) {
    std::string out(compressBound(text.size()) + 64, '\0');
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstandard(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

/// data.pkl of a torch.save file.
void writePickle(const TempFolder& folder, const std::string& opcodes) {
    folder.write("a.pt", makeZip({{.name = "archive/data.pkl", .data = "\x80\x02" + opcodes}}));
}

struct Bomb {
    const char* name;
    const char* rule;
    std::function<void(const TempFolder&)> write; // a.pt, or .metadata and its files
};

Bomb pickleBomb(const char* name, const char* rule, std::function<std::string()> opcodes) {
    return {name, rule, [opcodes](const TempFolder& folder) {
                writePickle(folder, opcodes());
            }};
}

void addGlobals(std::vector<Bomb>& bombs) {
    bombs.push_back(pickleBomb("a million unknown classes", "pickle.too-much-memory", [] {
        std::string text;
        for (std::size_t i = 0; i < Million; ++i)
            text += "cm\nn" + std::to_string(i) + "\n0";
        return text + "N.";
    }));
    bombs.push_back(pickleBomb("dangerous names in thousands", "pickle.dangerous-global", [] {
        std::string text;
        for (std::size_t i = 0; i < Million / 20; ++i)
            text += "cos\nn" + std::to_string(i) + "\n0";
        return text + "N.";
    }));
}

std::vector<Bomb> bombs() {
    std::vector<Bomb> all{
        pickleBomb("memo far away", "pickle.memo-too-large", [] { return "Nr\xff\xff\xff\xff."s; }),
        pickleBomb("lists in lists", "pickle.too-deep",
                   [] { return std::string(Million, ']') + std::string(Million - 1, 'a') + "."; }),
        pickleBomb("tuples in tuples", "pickle.too-deep",
                   [] { return "N" + std::string(Million, '\x85') + "."; }),
        pickleBomb("marks on marks", "pickle.too-deep", [] { return std::string(Million, '(') + "."; }),
        pickleBomb("empty lists", "pickle.too-much-memory",
                   [] { return std::string(20 * Million, ']') + "."; }),
        pickleBomb("bytes of 2^63", "pickle.length-past-end", [] { return "\x8e\0\0\0\0\0\0\0\x80."s; }),
        pickleBomb("cut off", "pickle.truncated", [] { return repeated("K\x01", 4 * Million) + "J\1"; }),
    };
    addGlobals(all);
    all.push_back({"packed pickle", "io.too-large", [](const TempFolder& folder) {
                       const auto pickle = "\x80\x02" + repeated("N0", 32 * Million) + "N.";
                       ZipMakerEntry entry{.name = "archive/data.pkl", .data = deflated(pickle), .method = 8};
                       entry.centralBytes = pickle.size();
                       folder.write("a.pt", makeZip({entry}));
                   }});
    all.push_back({"packed values", "dcp.values-not-searched", [](const TempFolder& folder) {
                       DcpMaker maker = DcpMaker::sound();
                       const auto packed = zstandard(std::string(200 * Million, '\0'));
                       for (int i = 0; i < 200; ++i) {
                           DcpValue value;
                           value.name = "v" + std::to_string(i);
                           value.item.content = packed;
                           value.item.transforms = {"stream.zstd/1"};
                           maker.values.push_back(value);
                       }
                       folder.write(".metadata", maker.write(folder));
                   }});
    all.push_back({"deep metadata", "dcp.not-metadata", [](const TempFolder& folder) {
                       folder.write(".metadata", "\x80\x04" + std::string(Million, ']') +
                                                     std::string(Million - 1, 'a') + ".");
                   }});
    all.push_back({"metadata that is cut off", "pickle.truncated", [](const TempFolder& folder) {
                       const auto whole = DcpMaker::sound().write(folder);
                       folder.write(".metadata", std::string_view(whole).substr(0, whole.size() / 2));
                   }});
    return all;
}

/// 0 where the rule is reported, with a place where one can be told.
int openAndPrint(const std::string& path, std::string_view rule) {
    const auto place = [](const Error& error) {
        return error.where.offset || error.rule->id.starts_with("dcp.values") ||
               error.where.file == ".metadata";
    };
    const auto opened = open(path, {}, {});
    if (!opened) {
        std::fprintf(stderr, "%s\n", describe(opened.error()).c_str());
        return opened.error().rule->id == rule ? (place(opened.error()) ? 0 : 3) : 2;
    }
    std::size_t printed = toJson((*opened)->metadata()).size();
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(50, (*opened)->entryCount()); ++i)
        if (const auto value = (*opened)->value(EntryId(i)))
            printed += toJson(*value).size();
    for (const auto& finding : (*opened)->findings())
        if (finding.what.rule->id == rule)
            return place(finding.what) && printed > 0 ? 0 : 3;
    return 2;
}

std::uint64_t bytesBelow(const std::string& folder) {
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        bytes += entry.is_regular_file() ? entry.file_size() : 0;
    return bytes;
}

} // namespace

class BoundsTest : public QObject {
    Q_OBJECT

private slots:
    void costsLittle_data() {
        QTest::addColumn<int>("index");
        const auto all = bombs();
        for (std::size_t i = 0; i < all.size(); ++i)
            QTest::newRow(all[i].name) << int(i);
    }

    void costsLittle() {
        QFETCH(int, index);
        const auto bomb = bombs()[std::size_t(index)];
        const TempFolder folder;
        // Made in a process of its own too, so that this one stays small: a child begins with its size.
        QCOMPARE(runInChild([&] {
                     bomb.write(folder);
                     return 0;
                 }).status,
                 0);
        const auto path = folder.exists("a.pt") ? folder.path("a.pt") : folder.path();
        const auto nothing = runInChild([] { return 0; });
        const auto outcome = runInChild([&] { return openAndPrint(path, bomb.rule); });
        QCOMPARE(outcome.signal, 0);
        QCOMPARE(outcome.status, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        const auto cost = outcome.peakBytes - std::min(nothing.peakBytes, outcome.peakBytes);
        const auto size = bytesBelow(folder.path());
        QVERIFY2(cost <= size + Allowed,
                 qPrintable(QStringLiteral("%1 MiB for %2 MiB").arg(cost >> 20).arg(size >> 20)));
#endif
    }
};

QTEST_GUILESS_MAIN(BoundsTest)
#include "bounds_test.moc"
