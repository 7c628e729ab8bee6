// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/units.h"
#include "support/results.h"

#include <QtTest>

#include <cstdint>
#include <random>
#include <string>

using namespace shardlens;

class TextTest : public QObject {
    Q_OBJECT

private slots:
    void escapes_data() {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QByteArray>("shown");
        const auto row = [](const char* name, QByteArray raw, QByteArray shown) {
            QTest::newRow(name) << raw << shown;
        };
        row("plain", "model.layers.0", "model.layers.0");
        row("umlauts and wide", "\xC3\xA4 \xE6\xBC\xA2", "\xC3\xA4 \xE6\xBC\xA2");
        row("backslash", "a\\n", "a\\\\n");
        row("line break", "a\nb\r\t", "a\\nb\\r\\t");
        row("nul", QByteArray("a\0b", 3), "a\\x00b");
        row("escape sequence", "\x1b]0;x\x07", "\\x1b]0;x\\x07");
        row("delete", "\x7f", "\\x7f");
        row("C1 control", "\xC2\x9B", "\\u009b");
        row("next line", "\xC2\x85", "\\u0085");
        row("lone continuation", "\x9B[2J", "\\x9b[2J");
        row("overlong slash", "\xC0\xAF", "\\xc0\\xaf");
        row("overlong of three", "\xE0\x80\xAF", "\\xe0\\x80\\xaf");
        row("surrogate", "\xED\xA0\x80", "\\xed\\xa0\\x80");
        row("beyond Unicode", "\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
        row("cut off", "a\xE6\xBC", "a\\xe6\\xbc");
        row("right-to-left override",
            "a\xE2\x80\xAE"
            "b",
            "a\\u202eb");
        row("isolate", "\xE2\x81\xA6", "\\u2066");
        row("arabic letter mark", "\xD8\x9C", "\\u061c");
        row("line separator", "\xE2\x80\xA8", "\\u2028");
        row("zero width space", "\xE2\x80\x8B", "\\u200b");
        row("byte order mark", "\xEF\xBB\xBF", "\\ufeff");
        row("tag", "\xF3\xA0\x80\x81", "\\U000e0001");
        row("emoji", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80");
    }
    void escapes() {
        QFETCH(const QByteArray, raw);
        QFETCH(const QByteArray, shown);
        COMPARE_TEXT(escapeText(raw.toStdString()), shown.toStdString());
        QVERIFY(isValidUtf8(escapeText(raw.toStdString())));
    }

    void whatIsShownNeverControls() {
        std::mt19937 random(1);
        for (int round = 0; round < 20'000; ++round) {
            std::string raw(random() % 24, ' ');
            for (auto& c : raw)
                c = static_cast<char>(random() % 3 == 0 ? 0x80 + random() % 0x80 : random() % 0x100);
            const auto most = random() % 2 == 0 ? std::string::npos : random() % 30;
            const auto shown = escapeText(raw, most);
            QVERIFY(isValidUtf8(shown));
            QVERIFY(shown.size() <= most);
            for (const char c : shown)
                QVERIFY(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
            if (most == std::string::npos)
                QVERIFY(escapeText(shown) == shown || shown.find('\\') != shown.npos);
        }
    }

    void longTextIsCutInTheMiddle() {
        const std::string text = "aaaaaaaaaabbbbbbbbbb";
        COMPARE_TEXT(escapeText(text, 20), text);
        COMPARE_TEXT(escapeText(text, 13), "aaaaa\xE2\x80\xA6"
                                           "bbbbb");
        COMPARE_TEXT(escapeText("\n\n\n\n\n\n", 11), "\\n\\n\xE2\x80\xA6\\n\\n"); // never half an escape
        COMPARE_TEXT(escapeText("\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2", 10),
                     "\xE6\xBC\xA2\xE2\x80\xA6\xE6\xBC\xA2");
        COMPARE_TEXT(escapeText(std::string(100'000'000, 'x'), 9),
                     "xxx\xE2\x80\xA6xxx"); // without looking at it all
        COMPARE_TEXT(escapeText(text, 2), "aa");
        COMPARE_TEXT(escapeText(text, 0), "");
    }

    void widths() {
        QCOMPARE(displayWidth("abc"), 3u);
        QCOMPARE(displayWidth("\xE6\xBC\xA2\xE5\xAD\x97"), 4u);
        QCOMPARE(displayWidth("e\xCC\x81"), 1u);
        QCOMPARE(displayWidth("\xF0\x9F\x98\x80"), 2u);
        QCOMPARE(displayWidth("\xC3\x97 \xE2\x80\xA6"), 3u);
        QCOMPARE(displayWidth("\xEF\xBD\xB1"), 1u); // half-width katakana
    }

    void bytes() {
        COMPARE_TEXT(formatBytes(0), "0 B");
        COMPARE_TEXT(formatBytes(1023), "1023 B");
        COMPARE_TEXT(formatBytes(1024), "1.00 KiB");
        COMPARE_TEXT(formatBytes(14 << 20), "14.0 MiB");
        COMPARE_TEXT(formatBytes(1002ull << 20), "1002 MiB");
        COMPARE_TEXT(formatBytes(2007958159), "1.87 GiB");
        COMPARE_TEXT(formatBytes((1ull << 30) - 1), "1.00 GiB"); // not 1024 MiB
        COMPARE_TEXT(formatBytes(10235), "10.0 KiB");            // 9.995
        COMPARE_TEXT(formatBytes(10229), "9.99 KiB");
        COMPARE_TEXT(formatBytes(102350), "100 KiB");
        COMPARE_TEXT(formatBytes(~0ull), "16.0 EiB");
    }

    void counts() {
        COMPARE_TEXT(formatCount(0), "0");
        COMPARE_TEXT(formatCount(1234), "1,234");
        COMPARE_TEXT(formatCount(999'999), "999,999");
        COMPARE_TEXT(formatCount(58'720'256), "58.7 M");
        COMPARE_TEXT(formatCount(8'030'261'248), "8.03 B");
        COMPARE_TEXT(formatCount(999'999'999), "1.00 B");
        COMPARE_TEXT(formatGrouped(58'720'256), "58,720,256");
        COMPARE_TEXT(formatGrouped(100), "100");
        COMPARE_TEXT(formatGrouped(~0ull), "18,446,744,073,709,551,615");
    }

    void shapes() {
        COMPARE_TEXT(formatShape({}), "[]");
        const std::uint64_t two[] = {14336, 4096};
        COMPARE_TEXT(formatShape(two), "[14336 × 4096]");
        const std::uint64_t eight[] = {1, 2, 3, 4, 5, 6, 7, 8};
        COMPARE_TEXT(formatShape(eight), "[1 × 2 × 3 × 4 × 5 × 6 × 7 × 8]");
        const std::uint64_t ten[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        COMPARE_TEXT(formatShape(ten), "[1 × 2 × 3 × 4 × … × 8 × 9 × 10]");
    }

    void parsing_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qulonglong>("bytes");
        QTest::newRow("plain") << "123" << 123ull;
        QTest::newRow("B") << "7B" << 7ull;
        QTest::newRow("GB") << "5GB" << 5'000'000'000ull;
        QTest::newRow("kB") << "5kB" << 5'000ull;
        QTest::newRow("KB") << "5KB" << 5'000ull;
        QTest::newRow("MiB") << "256MiB" << (256ull << 20);
        QTest::newRow("fraction") << "1.5GiB" << (3ull << 29);
        QTest::newRow("space") << "2 TB" << 2'000'000'000'000ull;
        QTest::newRow("exact") << "0.000000001GB" << 1ull;
        QTest::newRow("largest") << "18446744073709551615" << ~0ull;
        QTest::newRow("many digits") << "1.00000000000000000000000000001TiB" << (1ull << 40);
    }
    void parsing() {
        QFETCH(const QString, text);
        QTEST(qulonglong(parseBytes(text.toStdString()).value_or(42)), "bytes");
    }

    void unreadableAmounts() {
        for (const auto* text : {"", "GB", "5G", "5X", "-5", "+5", " 5", "5GB ", "1.", ".5", "1.5.5", "0x10",
                                 "1e9", "18446744073709551616", "99999999999TiB", "5GiBB", "5Ki"})
            QVERIFY2(!parseBytes(text), text);
    }

    void templates() {
        COMPARE_TEXT(fillTemplate("{0} and {1}, {0}", {std::string("a\n"), std::uint64_t{7}}),
                     "a\\n and 7, a\\n");
        COMPARE_TEXT(fillTemplate("{0} {9} {x} {", {Bytes{14 << 20}}), "14.0 MiB {9} {x} {");
        COMPARE_TEXT(fillTemplate("{0}", {std::string("{0}{1}")}), "{0}{1}"); // an argument is no template
        COMPARE_TEXT(fillTemplate("{1}", {std::uint64_t{1}, std::int64_t{-5}}), "-5");
        QVERIFY(fillTemplate("{0}", {std::string(1'000'000, 'x')}).size() < 1000);
        COMPARE_TEXT(fillTemplate("", {}), "");
    }

    void errors() {
        static constexpr Rule rule{"test.rule", Severity::Warning, "It is {0}.", "Do {0}."};
        const Error error{&rule, {std::string("so")}, {"a\x1b.bin", 812, "layer\n"}};
        COMPARE_TEXT(message(error), "It is so.");
        COMPARE_TEXT(advice(error), "Do so.");
        COMPARE_TEXT(place(error.where), "a\\x1b.bin, byte 812, layer\\n");
        COMPARE_TEXT(describe(error), "It is so. (a\\x1b.bin, byte 812, layer\\n)\nDo so.");
        COMPARE_TEXT(place({}), "");
        COMPARE_TEXT(place({.file = {}, .offset = 3, .item = {}}), "byte 3");
        COMPARE_TEXT(severityName(Severity::Error), "error");
        COMPARE_TEXT(severityName(Severity::Warning), "warning");
        COMPARE_TEXT(severityName(Severity::Info), "info");
        QVERIFY(defaultLimits().openFiles > 0);
    }
};

QTEST_GUILESS_MAIN(TextTest)
#include "text_test.moc"
