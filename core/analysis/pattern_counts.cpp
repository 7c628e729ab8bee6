// SPDX-License-Identifier: Apache-2.0
#include "analysis/pattern_counts.h"

#include "base/endian.h"
#include "data/bit_copy.h"
#include "data/decode.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

namespace shardlens {

namespace {

constexpr unsigned FloatShift = 15;  ///< an F32's 32 bits down to 17
constexpr unsigned DoubleShift = 44; ///< a double's 64 bits down to 20
/// Below this, marking rows costs less than looking through a whole table of 16 bits.
constexpr std::uint64_t FewElements = 64 * 1024;

std::size_t keysOf(DType dtype) {
    if (dtype == DType::F32)
        return std::size_t{1} << (32 - FloatShift);
    if (!PatternCounts::isExact(dtype))
        return std::size_t{1} << (64 - DoubleShift);
    return std::size_t{1} << (bitsOf(dtype) == 16 ? 16 : 8);
}

/// Counts the keys of `count` elements, and marks their rows where nobody else does.
template <bool Mark, typename Key>
void countKeys(CountTable& table, std::size_t count, const Key& keyOf) {
    auto* cells = table.cells();
    auto* touched = table.touched();
    const auto add = [&](std::size_t key, std::size_t lane) {
        ++cells[2 * key + lane];
        if constexpr (Mark)
            touched[key / CountTable::RowKeys] = 1;
    };
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        add(keyOf(i), 0);
        add(keyOf(i + 1), 1);
        add(keyOf(i + 2), 0);
        add(keyOf(i + 3), 1);
    }
    for (; i != count; ++i)
        add(keyOf(i), 0);
}

/// Joins a group to the last one where both are the same value: −0 and 0.
void append(ValueGroups& groups, const ValueGroup& group) {
    if (group.count == 0)
        return;
    if (!groups.empty() && group.low == group.high && groups.back().low == group.low &&
        groups.back().high == group.low)
        groups.back().count += group.count;
    else
        groups.push_back(group);
}

} // namespace

bool PatternCounts::isExact(DType dtype) {
    return bitsOf(dtype) <= 16 && info(dtype).kind != DTypeKind::Complex;
}

PatternCounts::PatternCounts(DType dtype)
    : m_dtype(dtype)
    , m_order(!isExact(dtype) || dtype == DType::F16 || dtype == DType::BF16 ? Order::SignMagnitude
              : bitsOf(dtype) < 16                                           ? Order::Listed
              : dtype == DType::I16                                          ? Order::TwosComplement
                                                                             : Order::Unsigned)
    , m_whole(info(dtype).kind != DTypeKind::Float && info(dtype).kind != DTypeKind::Complex)
    , m_table(keysOf(dtype)) {
    if (m_order == Order::Listed)
        listValues();
}

void PatternCounts::listValues() {
    const auto bits = bitsOf(m_dtype);
    for (unsigned pattern = 0; pattern != 1U << bits; ++pattern) {
        const auto packed = static_cast<std::byte>(pattern);
        double value = 0;
        decodeToDouble(m_dtype, std::span(&packed, 1), 0, std::span(&value, 1));
        m_listed.push_back({value, static_cast<std::uint8_t>(pattern)});
    }
    // NaN comes first, so that the order is one.
    std::ranges::sort(m_listed, [](const Listed& a, const Listed& b) {
        if (std::isnan(a.value) || std::isnan(b.value))
            return std::isnan(a.value) && !std::isnan(b.value);
        return a.value < b.value;
    });
}

void PatternCounts::begin(std::uint64_t elements) {
    // The table of doubles is large and hardly ever touched everywhere.
    m_sparse = elements < FewElements || keysOf(m_dtype) > std::size_t{1} << 17;
    if (!m_sparse)
        m_table.touchAll();
}

void PatternCounts::addPacked(std::span<const std::byte> packed, std::uint64_t elements) {
    m_table.expect(elements);
    switch (bitsOf(m_dtype)) {
    case 16:
        addWords(packed);
        break;
    case 6:
        addSixBits(packed, elements);
        break;
    default: // 8, and 4 by pairs
        addBytes(packed);
    }
}

void PatternCounts::addWords(std::span<const std::byte> packed) {
    const auto key = [at = packed.data()](std::size_t i) {
        return std::size_t{loadLittle<std::uint16_t>(at + 2 * i)};
    };
    if (m_sparse)
        countKeys<true>(m_table, packed.size() / 2, key);
    else
        countKeys<false>(m_table, packed.size() / 2, key);
}

void PatternCounts::addBytes(std::span<const std::byte> packed) {
    m_table.touchAll();
    countKeys<false>(m_table, packed.size(),
                     [at = packed.data()](std::size_t i) { return std::to_integer<std::size_t>(at[i]); });
}

void PatternCounts::addSixBits(std::span<const std::byte> packed, std::uint64_t elements) {
    m_table.touchAll();
    countKeys<false>(m_table, elements, [at = packed.data()](std::size_t i) {
        return static_cast<std::size_t>(loadBits(at, std::uint64_t{i} * 6, 6));
    });
}

void PatternCounts::addFloats(const std::byte* packed, std::size_t count) {
    m_table.expect(count);
    const auto key = [packed](std::size_t i) {
        return std::size_t{loadLittle<std::uint32_t>(packed + 4 * i) >> FloatShift};
    };
    if (m_sparse)
        countKeys<true>(m_table, count, key);
    else
        countKeys<false>(m_table, count, key);
}

void PatternCounts::addDoubles(const double* values, std::size_t count, double least, double most) {
    m_table.expect(count);
    const auto key = [](double value) {
        return static_cast<std::size_t>(std::bit_cast<std::uint64_t>(value) >> DoubleShift);
    };
    const auto keyAt = [key, values](std::size_t i) {
        return key(values[i]);
    };
    if (least == 0 || !std::isfinite(most))
        return countKeys<true>(m_table, count, keyAt);
    m_table.touch(key(least), key(most));
    m_table.touch(key(-least), key(-most));
    countKeys<false>(m_table, count, keyAt);
}

/// Calls `visit(counts, whether values fall with the keys)` for each row, in rising order of values.
template <typename Visit>
void PatternCounts::visitRising(const Visit& visit) {
    const auto rows = m_table.rows(), half = rows / 2;
    CountTable::Counted found[CountTable::RowKeys];
    const auto one = [&](std::size_t row, bool falling) {
        if (!m_table.isTouched(row))
            return;
        const auto counts = std::span(found).first(m_table.take(row, found));
        if (falling)
            std::ranges::reverse(counts);
        visit(std::span<const CountTable::Counted>(counts), falling);
    };
    if (m_order == Order::SignMagnitude)
        for (auto row = rows; row != half; --row)
            one(row - 1, true);
    else if (m_order == Order::TwosComplement)
        for (auto row = half; row != rows; ++row)
            one(row, false);
    for (std::size_t row = 0; row != (m_order == Order::Unsigned ? rows : half); ++row)
        one(row, false);
}

ValueGroups PatternCounts::takeListed(std::uint64_t& nan) {
    std::array<std::uint64_t, 256> counts{};
    CountTable::Counted found[CountTable::RowKeys];
    for (std::size_t row = 0; row != m_table.rows(); ++row)
        for (const auto& [key, count] : std::span(found).first(m_table.take(row, found)))
            counts[key] = count;
    if (bitsOf(m_dtype) == 4) { // bytes were counted, which hold two
        const auto bytes = std::exchange(counts, {});
        for (std::size_t i = 0; i != bytes.size(); ++i) {
            counts[i & 15] += bytes[i];
            counts[i >> 4] += bytes[i];
        }
    }
    ValueGroups groups;
    for (const auto& listed : m_listed) {
        if (std::isnan(listed.value))
            nan += counts[listed.pattern];
        else
            append(groups, {listed.value, listed.value, counts[listed.pattern]});
    }
    return groups;
}

ValueGroups PatternCounts::takeValues(std::uint64_t& nan) {
    if (m_order == Order::Listed)
        return takeListed(nan);
    ValueGroups groups;
    std::array<std::uint16_t, CountTable::RowKeys> patterns;
    std::array<double, CountTable::RowKeys> values;
    visitRising([&](std::span<const CountTable::Counted> counts, bool) {
        for (std::size_t i = 0; i != counts.size(); ++i)
            patterns[i] = static_cast<std::uint16_t>(counts[i].key);
        decodeToDouble(m_dtype, std::as_bytes(std::span(patterns)), 0,
                       std::span(values).first(counts.size()));
        for (std::size_t i = 0; i != counts.size(); ++i) {
            if (std::isnan(values[i]))
                nan += counts[i].count;
            else
                append(groups, {values[i], values[i], counts[i].count});
        }
    });
    return groups;
}

/// All values that a key stands for: from where its bits end in zeros to where they end in ones.
ValueGroup PatternCounts::rangeOf(std::size_t key, std::uint64_t count) const {
    double near = 0, far = 0;
    if (m_dtype == DType::F32) {
        const auto bits = static_cast<std::uint32_t>(key) << FloatShift;
        near = std::bit_cast<float>(bits);
        far = std::bit_cast<float>(bits | ((1U << FloatShift) - 1));
    } else {
        const auto bits = std::uint64_t{key} << DoubleShift;
        near = std::bit_cast<double>(bits);
        far = std::bit_cast<double>(bits | ((std::uint64_t{1} << DoubleShift) - 1));
        if (m_whole)
            far = std::trunc(far);
    }
    return std::signbit(near) ? ValueGroup{far, near, count} : ValueGroup{near, far, count};
}

ValueGroups PatternCounts::takeRanges(const Moments& figures) {
    ValueGroups groups;
    append(groups, {figures.min, figures.min, figures.neginf});
    auto zeros = figures.zeros; // those of −0's key first: which of both a zero is has not been counted
    visitRising([&](std::span<const CountTable::Counted> counts, bool falling) {
        for (const auto& [key, count] : counts) {
            auto range = rangeOf(key, count);
            if (!std::isfinite(range.low) || !std::isfinite(range.high))
                continue; // infinite, or NaN
            const auto exact = range.low == 0 || range.high == 0 ? std::min(zeros, range.count) : 0;
            zeros -= exact;
            range.count -= exact;
            range.low = std::clamp(range.low, figures.min, figures.max);
            range.high = std::clamp(range.high, figures.min, figures.max);
            if (falling)
                append(groups, range);
            append(groups, {0, 0, exact});
            if (!falling)
                append(groups, range);
        }
    });
    append(groups, {figures.max, figures.max, figures.posinf});
    return groups;
}

} // namespace shardlens
