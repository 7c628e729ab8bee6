// SPDX-License-Identifier: Apache-2.0
#include "data/decode.h"

#include "base/endian.h"
#include "data/bit_copy.h"
#include "data/small_float.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <vector>

namespace shardlens {

namespace {

/// Widening of 16 bits is exact and done for millions of values.
double halfToDouble(std::uint16_t half) {
    const auto exponent = half >> 10 & 31;
    if (exponent == 0 || exponent == 31)
        return smallFloat(DType::F16)->decode(half);
    const auto bits = (std::uint32_t{half} & 0x8000u) << 16 | (std::uint32_t{half} & 0x7fffu) << 13;
    return static_cast<double>(std::bit_cast<float>(bits + (112u << 23)));
}

double brainToDouble(std::uint16_t brain) {
    return static_cast<double>(std::bit_cast<float>(std::uint32_t{brain} << 16));
}

std::array<double, 256> tableOf(DType dtype) {
    std::array<double, 256> table{};
    for (std::uint32_t i = 0; i != 256; ++i)
        table[i] = smallFloat(dtype)->decode(i & ((1u << bitsOf(dtype)) - 1));
    return table;
}

const std::array<double, 256>& table(DType dtype) {
    static const auto e4m3 = tableOf(DType::F8E4M3), e5m2 = tableOf(DType::F8E5M2),
                      e8m0 = tableOf(DType::F8E8M0);
    static const auto e4m3Fnuz = tableOf(DType::F8E4M3Fnuz), e5m2Fnuz = tableOf(DType::F8E5M2Fnuz);
    static const auto e2m3 = tableOf(DType::F6E2M3), e3m2 = tableOf(DType::F6E3M2), f4 = tableOf(DType::F4);
    switch (dtype) {
    case DType::F8E4M3:
        return e4m3;
    case DType::F8E5M2:
        return e5m2;
    case DType::F8E8M0:
        return e8m0;
    case DType::F8E4M3Fnuz:
        return e4m3Fnuz;
    case DType::F8E5M2Fnuz:
        return e5m2Fnuz;
    case DType::F6E2M3:
        return e2m3;
    case DType::F6E3M2:
        return e3m2;
    default:
        return f4;
    }
}

template <typename T, typename Convert>
void each(const std::byte* from, std::size_t step, std::span<double> out, Convert convert) {
    for (auto& value : out) {
        value = convert(loadLittle<T>(from));
        from += step;
    }
}

template <typename T>
void integers(const std::byte* from, std::span<double> out) {
    each<T>(from, sizeof(T), out, [](T value) { return static_cast<double>(value); });
}

template <typename Float, typename Bits>
void floats(const std::byte* from, std::size_t step, std::span<double> out) {
    each<Bits>(from, step, out, [](Bits bits) { return static_cast<double>(std::bit_cast<Float>(bits)); });
}

std::string number(std::int64_t value) {
    return std::to_string(value);
}

template <typename Float>
std::string shortest(Float value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value < 0 ? "-inf" : "inf";
    std::array<char, 64> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

/// The fewest digits that are nearer to this pattern's value than to any other pattern's.
std::string shortestSmall(const SmallFloat& format, std::uint32_t pattern) {
    const double value = format.decode(pattern);
    if (!std::isfinite(value) || value == 0)
        return shortest(value);
    const auto magnitude = pattern & ((1u << (format.exponentBits + format.mantissaBits)) - 1);
    const double size = std::fabs(value);
    const double below = magnitude == 0 ? size / 2 : std::fabs(format.decode(magnitude - 1));
    const double next = format.decode(magnitude + 1);
    const double above = std::isfinite(next) && next > size ? next : size + (size - below);
    const double low = (size + below) / 2, high = (size + above) / 2;
    const bool even = (magnitude & 1) == 0; // a text half way rounds to the even pattern
    std::array<char, 64> text;
    for (int digits = 1; digits < 17; ++digits) {
        const auto end = std::to_chars(text.data(), text.data() + text.size(), size,
                                       std::chars_format::scientific, digits - 1)
                             .ptr;
        double back = 0;
        std::from_chars(text.data(), end, back);
        if ((back > low && back < high) || (even && (back == low || back == high)))
            return shortest(value < 0 ? -back : back);
    }
    return shortest(value);
}

std::string complexText(std::string real, std::string imaginary) {
    if (imaginary.front() != '-')
        real += '+';
    return real + imaginary + 'j';
}

struct BitGroups {
    unsigned sign = 0, exponent = 0, mantissa = 0;
};

BitGroups groupsOf(DType dtype) {
    if (const auto* small = smallFloat(dtype))
        return {small->hasSign ? 1u : 0u, small->exponentBits, small->mantissaBits};
    switch (dtype) {
    case DType::F32:
    case DType::C64:
        return {1, 8, 23};
    case DType::F64:
    case DType::C128:
        return {1, 11, 52};
    case DType::C32:
        return {1, 5, 10};
    default:
        return {0, 0, bitsOf(dtype)};
    }
}

void appendBits(std::string& text, std::uint64_t value, unsigned from, unsigned count) {
    if (count == 0)
        return;
    if (!text.empty())
        text += ' ';
    for (unsigned i = 0; i != count; ++i)
        text += (value >> (from - 1 - i) & 1) != 0 ? '1' : '0';
}

} // namespace

void decodeToDouble(DType dtype, std::span<const std::byte> packed, std::uint64_t firstBit,
                    std::span<double> out) {
    const auto bits = bitsOf(dtype);
    if (bits != 0 && bits < 8) {
        const auto& values = table(dtype);
        for (std::size_t i = 0; i != out.size(); ++i)
            out[i] = values[static_cast<std::size_t>(loadBits(packed.data(), firstBit + i * bits, bits))];
        return;
    }
    const std::byte* from = packed.data() + firstBit / 8;
    switch (dtype) {
    case DType::Bool:
        return each<std::uint8_t>(from, 1, out, [](std::uint8_t value) { return value != 0 ? 1.0 : 0.0; });
    case DType::U8:
    case DType::QU8:
        return integers<std::uint8_t>(from, out);
    case DType::I8:
    case DType::QI8:
        return integers<std::int8_t>(from, out);
    case DType::U16:
        return integers<std::uint16_t>(from, out);
    case DType::I16:
        return integers<std::int16_t>(from, out);
    case DType::U32:
        return integers<std::uint32_t>(from, out);
    case DType::I32:
    case DType::QI32:
        return integers<std::int32_t>(from, out);
    case DType::U64:
        return integers<std::uint64_t>(from, out);
    case DType::I64:
        return integers<std::int64_t>(from, out);
    case DType::F16:
        return each<std::uint16_t>(from, 2, out, halfToDouble);
    case DType::C32:
        return each<std::uint16_t>(from, 4, out, halfToDouble);
    case DType::BF16:
        return each<std::uint16_t>(from, 2, out, brainToDouble);
    case DType::F32:
        return floats<float, std::uint32_t>(from, 4, out);
    case DType::C64:
        return floats<float, std::uint32_t>(from, 8, out);
    case DType::F64:
        return floats<double, std::uint64_t>(from, 8, out);
    case DType::C128:
        return floats<double, std::uint64_t>(from, 16, out);
    case DType::Unknown:
        std::ranges::fill(out, std::nan(""));
        return;
    default: {
        const auto& values = table(dtype);
        return each<std::uint8_t>(from, 1, out, [&values](std::uint8_t value) { return values[value]; });
    }
    }
}

std::string formatElement(DType dtype, std::span<const std::byte> packed, std::uint64_t firstBit) {
    const auto bits = bitsOf(dtype);
    if (bits == 0)
        return {};
    if (const auto* small = smallFloat(dtype))
        return shortestSmall(*small, static_cast<std::uint32_t>(loadBits(packed.data(), firstBit, bits)));
    const std::byte* from = packed.data() + firstBit / 8;
    const auto half = [from](std::size_t at) {
        return shortestSmall(*smallFloat(DType::F16), loadLittle<std::uint16_t>(from + at));
    };
    const auto single = [from](std::size_t at) {
        return shortest(std::bit_cast<float>(loadLittle<std::uint32_t>(from + at)));
    };
    const auto full = [from](std::size_t at) {
        return shortest(std::bit_cast<double>(loadLittle<std::uint64_t>(from + at)));
    };
    switch (dtype) {
    case DType::Bool: {
        const auto value = loadLittle<std::uint8_t>(from);
        return value == 0 ? "false" : value == 1 ? "true" : number(value); // other bytes are no booleans
    }
    case DType::U8:
    case DType::QU8:
        return number(loadLittle<std::uint8_t>(from));
    case DType::I8:
    case DType::QI8:
        return number(loadLittle<std::int8_t>(from));
    case DType::U16:
        return number(loadLittle<std::uint16_t>(from));
    case DType::I16:
        return number(loadLittle<std::int16_t>(from));
    case DType::U32:
        return number(loadLittle<std::uint32_t>(from));
    case DType::I32:
    case DType::QI32:
        return number(loadLittle<std::int32_t>(from));
    case DType::U64:
        return std::to_string(loadLittle<std::uint64_t>(from));
    case DType::I64:
        return number(loadLittle<std::int64_t>(from));
    case DType::F32:
        return single(0);
    case DType::F64:
        return full(0);
    case DType::C32:
        return complexText(half(0), half(2));
    case DType::C64:
        return complexText(single(0), single(4));
    case DType::C128:
        return complexText(full(0), full(8));
    default:
        return {};
    }
}

std::string formatBits(DType dtype, std::span<const std::byte> packed, std::uint64_t firstBit) {
    const unsigned bits = bitsOf(dtype);
    const auto parts = info(dtype).kind == DTypeKind::Complex ? 2u : 1u;
    const auto groups = groupsOf(dtype);
    std::string text;
    for (unsigned part = 0; part != parts && bits != 0; ++part) {
        const auto width = bits / parts;
        const auto value = loadBits(packed.data(), firstBit + part * width, width);
        appendBits(text, value, width, groups.sign);
        appendBits(text, value, width - groups.sign, groups.exponent);
        appendBits(text, value, groups.mantissa, groups.mantissa);
    }
    return text;
}

} // namespace shardlens
