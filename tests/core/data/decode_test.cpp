// SPDX-License-Identifier: Apache-2.0
#include "data/bit_copy.h"
#include "data/decode.h"
#include "data/small_float.h"

#include <QtTest>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace shardlens;

namespace {

std::vector<std::byte> bytesOf(std::uint64_t pattern) {
    std::vector<std::byte> bytes(8);
    std::memcpy(bytes.data(), &pattern, 8);
    return bytes;
}

double decodeOne(DType dtype, std::uint64_t pattern) {
    double out = -1;
    decodeToDouble(dtype, bytesOf(pattern), 0, std::span(&out, 1));
    return out;
}

QString text(DType dtype, std::uint64_t pattern) {
    return QString::fromStdString(formatElement(dtype, bytesOf(pattern), 0));
}

bool same(double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

} // namespace

class DecodeTest : public QObject {
    Q_OBJECT

private slots:
    void knowsTheSmallFloats_data() {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("pattern");
        QTest::addColumn<double>("value");
        const auto row = [](const char* name, DType dtype, int pattern, double value) {
            QTest::newRow(name) << static_cast<int>(dtype) << pattern << value;
        };
        constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                         inf = std::numeric_limits<double>::infinity();
        row("e4m3 max", DType::F8E4M3, 0x7e, 448);
        row("e4m3 nan", DType::F8E4M3, 0x7f, nan);
        row("e4m3 -nan", DType::F8E4M3, 0xff, nan);
        row("e4m3 min subnormal", DType::F8E4M3, 0x01, std::ldexp(1, -9));
        row("e4m3 -0", DType::F8E4M3, 0x80, -0.0);
        row("e5m2 max", DType::F8E5M2, 0x7b, 57344);
        row("e5m2 inf", DType::F8E5M2, 0x7c, inf);
        row("e5m2 -inf", DType::F8E5M2, 0xfc, -inf);
        row("e5m2 nan", DType::F8E5M2, 0x7d, nan);
        row("e4m3fnuz max", DType::F8E4M3Fnuz, 0x7f, 240);
        row("e4m3fnuz nan", DType::F8E4M3Fnuz, 0x80, nan);
        row("e4m3fnuz min", DType::F8E4M3Fnuz, 0x01, std::ldexp(1, -10));
        row("e5m2fnuz max", DType::F8E5M2Fnuz, 0x7f, 57344);
        row("e5m2fnuz nan", DType::F8E5M2Fnuz, 0x80, nan);
        row("e5m2fnuz min", DType::F8E5M2Fnuz, 0x01, std::ldexp(1, -17));
        row("e8m0 one", DType::F8E8M0, 127, 1);
        row("e8m0 min", DType::F8E8M0, 0, std::ldexp(1, -127));
        row("e8m0 max", DType::F8E8M0, 254, std::ldexp(1, 127));
        row("e8m0 nan", DType::F8E8M0, 255, nan);
        row("e2m3 max", DType::F6E2M3, 0x1f, 7.5);
        row("e2m3 min", DType::F6E2M3, 0x01, 0.125);
        row("e3m2 max", DType::F6E3M2, 0x1f, 28);
        row("e3m2 -min", DType::F6E3M2, 0x21, -0.0625);
        row("f4 max", DType::F4, 0x7, 6);
        row("f4 half", DType::F4, 0x1, 0.5);
        row("f4 -6", DType::F4, 0xf, -6);
        row("f16 max", DType::F16, 0x7bff, 65504);
        row("f16 min", DType::F16, 0x0001, std::ldexp(1, -24));
        row("f16 inf", DType::F16, 0xfc00, -inf);
        row("f16 nan", DType::F16, 0x7c01, nan);
        row("f16 -0", DType::F16, 0x8000, -0.0);
        row("bf16 one", DType::BF16, 0x3f80, 1);
        row("bf16 min", DType::BF16, 0x0001, std::ldexp(1, -133));
        row("bf16 nan", DType::BF16, 0xffc0, nan);
        row("bool", DType::Bool, 2, 1);
        row("i8", DType::I8, 0xff, -1);
        row("u16", DType::U16, 0xffff, 65535);
        row("i16", DType::I16, 0x8000, -32768);
    }
    void knowsTheSmallFloats() {
        QFETCH(int, dtype);
        QFETCH(int, pattern);
        QFETCH(double, value);
        QVERIFY(same(decodeOne(static_cast<DType>(dtype), static_cast<std::uint64_t>(pattern)), value));
    }

    void decodes16BitsAsTheDefinitionSays() {
        for (const auto dtype : {DType::F16, DType::BF16})
            for (std::uint32_t pattern = 0; pattern != 65536; ++pattern)
                QVERIFY(same(decodeOne(dtype, pattern), smallFloat(dtype)->decode(pattern)));
    }

    /// Every text of a small float is nearer to its own pattern than to any other.
    void textsReadBackToTheSameBits() {
        for (const auto dtype :
             {DType::F16, DType::BF16, DType::F8E4M3, DType::F8E5M2, DType::F8E8M0, DType::F8E4M3Fnuz,
              DType::F8E5M2Fnuz, DType::F6E2M3, DType::F6E3M2, DType::F4}) {
            const auto& format = *smallFloat(dtype);
            const auto patterns = 1u << format.bits();
            for (std::uint32_t pattern = 0; pattern != patterns; ++pattern) {
                const double value = format.decode(pattern);
                const auto shown = formatElement(dtype, bytesOf(pattern), 0);
                if (std::isnan(value)) {
                    QCOMPARE(shown, std::string("NaN"));
                    continue;
                }
                const double back = std::strtod(shown.c_str(), nullptr);
                if (std::isinf(value) || value == 0) {
                    QVERIFY(same(back, value));
                    continue;
                }
                const double own = std::fabs(back - value);
                for (const auto other : {pattern + 1, pattern - 1}) {
                    const double rival = other < patterns ? format.decode(other) : value;
                    if (!std::isfinite(rival) || rival == value || std::signbit(rival) != std::signbit(value))
                        continue;
                    const double distance = std::fabs(back - rival);
                    QVERIFY2(own < distance || (own == distance && pattern % 2 == 0), shown.c_str());
                }
            }
        }
    }

    void textsAreShort() {
        QCOMPARE(text(DType::F16, 0x2e66), QString("0.1"));
        QCOMPARE(text(DType::BF16, 0x3dcd), QString("0.1"));
        QCOMPARE(text(DType::F16, 0x7bff), QString("65500"));
        QCOMPARE(text(DType::F32, std::bit_cast<std::uint32_t>(0.1f)), QString("0.1"));
        QCOMPARE(text(DType::F64, std::bit_cast<std::uint64_t>(0.1)), QString("0.1"));
        QCOMPARE(text(DType::F32, 0x7f800000), QString("inf"));
        QCOMPARE(text(DType::F32, 0xff800000), QString("-inf"));
        QCOMPARE(text(DType::F32, 0x7fc00000), QString("NaN"));
        QCOMPARE(text(DType::F32, 0x80000000), QString("-0"));
        QCOMPARE(text(DType::F8E8M0, 130), QString("8"));
        QCOMPARE(text(DType::F4, 0xd), QString("-3"));
        QCOMPARE(text(DType::Bool, 0), QString("false"));
        QCOMPARE(text(DType::Bool, 1), QString("true"));
        QCOMPARE(text(DType::Bool, 255), QString("255"));
        QCOMPARE(text(DType::U64, UINT64_MAX), QString("18446744073709551615"));
        QCOMPARE(text(DType::I64, std::uint64_t{1} << 63), QString("-9223372036854775808"));
        QCOMPARE(text(DType::I8, 0x80), QString("-128"));
        QCOMPARE(text(DType::C64, std::uint64_t{0xbf800000} << 32 | 0x3fc00000), QString("1.5-1j"));
        QCOMPARE(text(DType::C64, std::uint64_t{0x40000000} << 32 | 0x3fc00000), QString("1.5+2j"));
        QCOMPARE(text(DType::C32, 0x3c003c00), QString("1+1j"));
    }

    void floatsAndDoublesReadBackExactly() {
        std::mt19937_64 random(1);
        for (int i = 0; i != 200000; ++i) {
            const auto bits = random();
            const auto single = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
            if (std::isfinite(single))
                QCOMPARE(
                    std::strtof(formatElement(DType::F32, bytesOf(bits & 0xffffffff), 0).c_str(), nullptr),
                    single);
            const auto full = std::bit_cast<double>(bits);
            if (std::isfinite(full))
                QCOMPARE(std::strtod(formatElement(DType::F64, bytesOf(bits), 0).c_str(), nullptr), full);
        }
    }

    void findsElementsInsideBytes() {
        const auto packed = bytesOf(0x71); // 0.5, then 6
        double out[2];
        decodeToDouble(DType::F4, packed, 0, out);
        QCOMPARE(out[0], 0.5);
        QCOMPARE(out[1], 6.0);
        decodeToDouble(DType::F4, packed, 4, std::span(out, 1));
        QCOMPARE(out[0], 6.0);
        QCOMPARE(formatElement(DType::F4, packed, 4), std::string("6"));
    }

    void showsBitsInGroups() {
        const auto bits = [](DType dtype, std::uint64_t pattern) {
            return formatBits(dtype, bytesOf(pattern), 0);
        };
        QCOMPARE(bits(DType::BF16, 0xc049), std::string("1 10000000 1001001"));
        QCOMPARE(bits(DType::F8E4M3, 0x7e), std::string("0 1111 110"));
        QCOMPARE(bits(DType::F8E8M0, 0x7f), std::string("01111111"));
        QCOMPARE(bits(DType::U8, 5), std::string("00000101"));
        QCOMPARE(bits(DType::C32, 0x3c00bc00), std::string("1 01111 0000000000 0 01111 0000000000"));
        QCOMPARE(formatBits(DType::F4, bytesOf(0x71), 4), std::string("0 11 1"));
    }

    void copiesBitsAnywhere() {
        std::mt19937_64 random(4);
        for (int round = 0; round != 20000; ++round) {
            std::vector<std::byte> from(20), to(20), expected;
            for (auto& byte : from)
                byte = static_cast<std::byte>(random());
            for (auto& byte : to)
                byte = static_cast<std::byte>(random());
            expected = to;
            const auto fromBit = random() % 80, toBit = random() % 80, count = random() % 80;
            for (std::uint64_t i = 0; i != count; ++i) {
                const auto bit = std::to_integer<unsigned>(from[(fromBit + i) / 8]) >> (fromBit + i) % 8 & 1;
                auto& byte = expected[(toBit + i) / 8];
                const auto mask = static_cast<std::byte>(1u << (toBit + i) % 8);
                byte = bit != 0 ? byte | mask : byte & ~mask;
            }
            copyBits(from.data(), fromBit, to.data(), toBit, count);
            QVERIFY(to == expected);
        }
    }
};

QTEST_GUILESS_MAIN(DecodeTest)
#include "decode_test.moc"
