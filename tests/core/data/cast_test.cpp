// SPDX-License-Identifier: Apache-2.0
#include "data/cast.h"
#include "data/decode.h"
#include "data/small_float.h"

#include <QtTest>

#include <hwy/targets.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace shardlens;

namespace {

template <typename To, typename From>
std::vector<To> castAll(DType from, DType to, const std::vector<From>& in, std::uint64_t& overflows) {
    std::vector<To> out(in.size());
    overflows = castElements(from, to, std::as_bytes(std::span(in)), std::as_writable_bytes(std::span(out)));
    return out;
}

/// The exact answer: scaling by powers of two is exact, and nearbyint rounds ties to even.
std::uint16_t reference(double value, DType to) {
    const auto& format = *smallFloat(to);
    const int lowest = 1 - format.bias;
    const auto sign = std::signbit(value) ? 0x8000u : 0u;
    const auto infinity = ((1u << format.exponentBits) - 1) << format.mantissaBits;
    const double size = std::fabs(value);
    if (std::isinf(size))
        return static_cast<std::uint16_t>(sign | infinity);
    if (size == 0)
        return static_cast<std::uint16_t>(sign);
    const int exponent = std::max(std::ilogb(size), lowest);
    const auto steps =
        static_cast<std::uint64_t>(std::nearbyint(std::ldexp(size, format.mantissaBits - exponent)));
    // Counting steps from the exponent's first pattern carries into the exponent by itself.
    const auto pattern = (static_cast<std::uint64_t>(exponent - lowest) << format.mantissaBits) + steps;
    return static_cast<std::uint16_t>(sign | std::min<std::uint64_t>(pattern, infinity));
}

template <typename Bits>
bool isNaN16(Bits bits, DType dtype) {
    return std::isnan(smallFloat(dtype)->decode(bits));
}

/// Random bit patterns, values near the ties of `to`, and around its limits.
template <typename Float>
std::vector<Float> hardValues(std::mt19937_64& random, std::size_t count, DType to) {
    using Bits = std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>;
    const auto& format = *smallFloat(to);
    std::vector<Float> values(count);
    for (auto& value : values) {
        const auto dice = random();
        if (dice % 3 == 0) {
            value = std::bit_cast<Float>(static_cast<Bits>(random()));
            continue;
        }
        // The middle of two neighbours, then some last bits more or less.
        const auto pattern = static_cast<std::uint32_t>(random() % (1u << 15));
        const double low = format.decode(pattern), high = format.decode(pattern + 1);
        double middle = std::isfinite(high) ? (low + high) / 2 : low;
        if (!std::isfinite(middle))
            middle = 1;
        auto bits = std::bit_cast<Bits>(static_cast<Float>(middle));
        bits += static_cast<Bits>(random() % 5) - 2;
        if (dice % 3 == 1)
            bits += static_cast<Bits>(random() % 2 != 0 ? Bits{1} << (random() % 12) : Bits{0});
        value = std::bit_cast<Float>(bits);
        if (random() % 2 != 0)
            value = -value;
    }
    return values;
}

template <typename Float>
bool agrees(const std::vector<Float>& in, DType from, DType to) {
    std::uint64_t overflows = 0, expectedOverflows = 0;
    const auto out = castAll<std::uint16_t>(from, to, in, overflows);
    for (std::size_t i = 0; i != in.size(); ++i) {
        if (std::isnan(in[i])) {
            const auto quietBit = 1u << (smallFloat(to)->mantissaBits - 1);
            if (!isNaN16(out[i], to) || (out[i] & quietBit) == 0 ||
                std::signbit(in[i]) != (out[i] >> 15 != 0))
                return false;
            continue;
        }
        const auto expected = reference(static_cast<double>(in[i]), to);
        expectedOverflows += std::isinf(smallFloat(to)->decode(expected)) && !std::isinf(in[i]) ? 1 : 0;
        if (out[i] != expected) {
            qWarning("%a gives %04x, not %04x", static_cast<double>(in[i]), out[i], expected);
            return false;
        }
    }
    return overflows == expectedOverflows;
}

/// Runs the check for each instruction set that this machine has.
template <typename Check>
bool onEveryTarget(Check check) {
    const auto supported = hwy::SupportedTargets();
    bool good = true;
    for (std::int64_t rest = supported; rest != 0; rest &= rest - 1) {
        const auto target = rest & -rest;
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        if (!check()) {
            qWarning("on %s", hwy::TargetName(target));
            good = false;
        }
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    return good;
}

} // namespace

class CastTest : public QObject {
    Q_OBJECT

private slots:
    void knowsWhatItCasts() {
        QVERIFY(canCast(DType::F32, DType::BF16));
        QVERIFY(canCast(DType::F64, DType::F16));
        QVERIFY(!canCast(DType::F8E4M3, DType::F32));
        QVERIFY(!canCast(DType::F32, DType::I32));
        QVERIFY(!canCast(DType::C64, DType::F32));
    }

    void widens16BitsExactly() {
        std::vector<std::uint16_t> all(65536);
        for (std::size_t i = 0; i != all.size(); ++i)
            all[i] = static_cast<std::uint16_t>(i);
        for (const auto from : {DType::F16, DType::BF16}) {
            QVERIFY(onEveryTarget([&] {
                std::uint64_t overflows = 0;
                const auto floats = castAll<std::uint32_t>(from, DType::F32, all, overflows);
                const auto doubles = castAll<double>(from, DType::F64, all, overflows);
                for (std::uint32_t i = 0; i != 65536; ++i) {
                    const double value = smallFloat(from)->decode(i);
                    const auto single = std::bit_cast<float>(floats[i]);
                    if (std::isnan(value)) {
                        if (!std::isnan(single) || !std::isnan(doubles[i]) || (floats[i] & 0x400000) == 0 ||
                            (floats[i] >> 31 != 0) != (i >> 15 != 0))
                            return false;
                    } else if (static_cast<double>(single) != value || doubles[i] != value ||
                               std::signbit(single) != std::signbit(value)) {
                        return false;
                    }
                }
                return overflows == 0;
            }));
        }
    }

    void turns16BitsIntoEachOther() {
        std::vector<std::uint16_t> all(65536);
        for (std::size_t i = 0; i != all.size(); ++i)
            all[i] = static_cast<std::uint16_t>(i);
        const auto check = [&](DType from, DType to) {
            std::uint64_t overflows = 0, expected = 0;
            const auto out = castAll<std::uint16_t>(from, to, all, overflows);
            for (std::uint32_t i = 0; i != 65536; ++i) {
                const double value = smallFloat(from)->decode(i);
                if (std::isnan(value) ? !isNaN16(out[i], to) : out[i] != reference(value, to))
                    return false;
                expected += std::isfinite(value) && std::isinf(smallFloat(to)->decode(out[i])) ? 1 : 0;
            }
            return overflows == expected && (expected != 0) == (from == DType::BF16);
        };
        QVERIFY(
            onEveryTarget([&] { return check(DType::F16, DType::BF16) && check(DType::BF16, DType::F16); }));
    }

    void narrowsFloats() {
        std::mt19937_64 random(1);
        for (const auto to : {DType::BF16, DType::F16}) {
            for (int round = 0; round != 6; ++round)
                QVERIFY(agrees(hardValues<float>(random, 1'000'000, to), DType::F32, to));
            const auto values = hardValues<float>(random, 100'003, to); // not a whole number of vectors
            QVERIFY(onEveryTarget([&] { return agrees(values, DType::F32, to); }));
        }
    }

    void narrowsDoublesRoundingOnce() {
        std::mt19937_64 random(2);
        for (const auto to : {DType::BF16, DType::F16}) {
            for (int round = 0; round != 6; ++round)
                QVERIFY(agrees(hardValues<double>(random, 1'000'000, to), DType::F64, to));
            const auto values = hardValues<double>(random, 10'007, to);
            QVERIFY(onEveryTarget([&] { return agrees(values, DType::F64, to); }));
        }
        // Just above a tie of BF16, by less than F32 can tell: rounding twice would go down to the even 1.0.
        const std::vector<double> value{1.0 + std::ldexp(1.0, -8) + std::ldexp(1.0, -40)};
        std::uint64_t overflows = 0;
        QCOMPARE(castAll<std::uint16_t>(DType::F64, DType::BF16, value, overflows)[0], std::uint16_t{0x3f81});
    }

    void doublesAndFloats() {
        const double inf = std::numeric_limits<double>::infinity();
        const std::vector<double> values{0.0, -0.0,  1.0 / 3, 1e39,   -1e300,
                                         inf, 1e-46, 5e-324,  -1e-40, 3.4028235677973366e38};
        std::uint64_t overflows = 0;
        const auto out = castAll<float>(DType::F64, DType::F32, values, overflows);
        for (std::size_t i = 0; i != values.size(); ++i)
            QCOMPARE(std::bit_cast<std::uint32_t>(out[i]),
                     std::bit_cast<std::uint32_t>(static_cast<float>(values[i])));
        QCOMPARE(overflows, std::uint64_t{3});
        const auto back = castAll<double>(DType::F32, DType::F64, out, overflows);
        QCOMPARE(overflows, std::uint64_t{0});
        for (std::size_t i = 0; i != out.size(); ++i)
            QCOMPARE(back[i], static_cast<double>(out[i]));
    }

    void edges() {
        const auto one = [](float value, DType to) {
            std::uint64_t overflows = 0;
            return castAll<std::uint16_t>(DType::F32, to, std::vector<float>{value}, overflows)[0];
        };
        QCOMPARE(one(65504.0f, DType::F16), std::uint16_t{0x7bff});
        QCOMPARE(one(65519.0f, DType::F16), std::uint16_t{0x7bff});
        QCOMPARE(one(65520.0f, DType::F16), std::uint16_t{0x7c00});
        QCOMPARE(one(std::ldexp(1.0f, -25), DType::F16), std::uint16_t{0});
        QCOMPARE(one(std::ldexp(1.5f, -25), DType::F16), std::uint16_t{1});
        QCOMPARE(one(-std::ldexp(1.0f, -24), DType::F16), std::uint16_t{0x8001});
        QCOMPARE(one(std::numeric_limits<float>::max(), DType::BF16), std::uint16_t{0x7f80});
        QCOMPARE(one(std::bit_cast<float>(1u), DType::BF16), std::uint16_t{0});
        QCOMPARE(one(std::bit_cast<float>(0x7f800001u), DType::BF16), std::uint16_t{0x7fc0});
        QCOMPARE(one(std::bit_cast<float>(0xff802000u), DType::F16), std::uint16_t{0xfe01});
    }
};

QTEST_GUILESS_MAIN(CastTest)
#include "cast_test.moc"
