// SPDX-License-Identifier: Apache-2.0
#include "analysis/value_scan.h"

#include "analysis/pattern_counts.h"
#include "analysis/value_kernels.h"
#include "data/decode.h"
#include "data/tensor_reader.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>

namespace shardlens {

namespace {

/// Bits of one IEEE-like type: how to tell zero, NaN and infinity without decoding.
struct Layout {
    unsigned bits;
    std::uint64_t exponent; ///< mask
};

std::optional<Layout> layoutOf(DType dtype) {
    switch (dtype) {
    case DType::F16:
    case DType::C32:
        return Layout{16, 0x7c00};
    case DType::BF16:
        return Layout{16, 0x7f80};
    case DType::F32:
    case DType::C64:
        return Layout{32, 0x7f800000};
    case DType::F64:
    case DType::C128:
        return Layout{64, 0x7ff0000000000000};
    default:
        return std::nullopt;
    }
}

void countDecoded(DType dtype, std::span<const std::byte> packed, std::uint64_t elements, ValueScan& out) {
    std::vector<double> values(4096);
    const auto bits = bitsOf(dtype);
    for (std::uint64_t at = 0; at < elements;) {
        const auto block = std::span(values).first(std::min<std::uint64_t>(values.size(), elements - at));
        decodeToDouble(dtype, packed, at * bits, block);
        for (const auto value : block) {
            out.nan += std::isnan(value);
            out.infinite += std::isinf(value);
            out.zeros += value == 0;
        }
        at += block.size();
    }
}

/// Counts what a tensor's blocks hold, in the way that its dtype allows.
class Specials {
public:
    Specials(DType dtype, std::uint64_t elements) : m_dtype(dtype), m_layout(layoutOf(dtype)) {
        if (m_layout || !PatternCounts::isExact(dtype))
            return;
        m_patterns.emplace(dtype);
        m_patterns->begin(elements);
    }

    void add(std::span<const std::byte> packed, std::uint64_t elements, ValueScan& out) {
        if (m_patterns)
            return m_patterns->addPacked(packed, elements);
        if (!m_layout)
            return countDecoded(m_dtype, packed, elements, out);
        const auto found = countSpecials(m_layout->bits, m_layout->exponent, packed);
        out.nan += found.nan;
        out.infinite += found.infinite;
        // A complex zero has two zero parts; good enough to tell "all zero".
        out.zeros += info(m_dtype).kind == DTypeKind::Complex ? found.zeros / 2 : found.zeros;
    }

    void finish(ValueScan& out) {
        if (!m_patterns)
            return;
        for (const auto& group : m_patterns->takeValues(out.nan)) {
            out.infinite += std::isinf(group.low) ? group.count : 0;
            out.zeros += group.low == 0 ? group.count : 0;
        }
    }

private:
    DType m_dtype;
    std::optional<Layout> m_layout;
    std::optional<PatternCounts> m_patterns;
};

/// The same bits throughout: equal to itself shifted by one element (whole bytes only).
bool repeats(std::span<const std::byte> packed, std::size_t width) {
    return packed.size() <= width ||
           std::memcmp(packed.data(), packed.data() + width, packed.size() - width) == 0;
}

} // namespace

Result<ValueScan> scanValues(const CheckpointPtr& checkpoint, TensorId tensor, const JobContext& context) {
    SHARDLENS_TRY(const auto reader, TensorReader::open(checkpoint, tensor, context));
    const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> hash(XXH3_createState(), XXH3_freeState);
    XXH3_128bits_reset(hash.get());
    ValueScan out;
    out.elements = reader->elements();
    out.bytes = reader->bytes();
    const auto dtype = reader->dtype();
    const auto width = std::max<std::size_t>(bitsOf(dtype) / 8U, 1);
    const auto step = std::max<std::uint64_t>(reader->preferredRange(), 1);
    Specials specials(dtype, out.elements);
    bool constant = true;
    std::vector<std::byte> block, first;
    for (std::uint64_t begin = 0; begin < out.elements;) {
        SHARDLENS_CHECK(context.checkStop());
        const ElementRange range{begin, begin + std::min(step, out.elements - begin)};
        block.resize(packedBytes(dtype, range.size()).value_or(0));
        SHARDLENS_CHECK(reader->read(range, block));
        XXH3_128bits_update(hash.get(), block.data(), block.size());
        specials.add(block, range.size(), out);
        if (begin == 0)
            first.assign(block.begin(),
                         block.begin() + static_cast<std::ptrdiff_t>(std::min(width, block.size())));
        constant = constant && repeats(block, width) && std::equal(first.begin(), first.end(), block.begin());
        context.add(block.size());
        begin = range.end;
    }
    specials.finish(out);
    out.constant = constant;
    const auto digest = XXH3_128bits_digest(hash.get());
    out.digest = fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
    return out;
}

} // namespace shardlens
