// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_slice.h"

#include "app/cli/rules.h"
#include "base/checked.h"
#include "base/units.h"
#include "data/decode.h"
#include "data/tensor_reader.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

namespace shardlens::cli {

namespace {

constexpr std::uint64_t MostValues = 1'000'000;

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == text.npos ? std::string_view()
                              : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<std::int64_t> parseIndex(std::string_view text) {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return out;
}

/// A bound as Python takes it: from the end where negative, cut to the dim.
std::uint64_t bound(std::int64_t index, std::uint64_t dim) {
    if (index >= 0)
        return std::min(static_cast<std::uint64_t>(index), dim);
    const auto back = static_cast<std::uint64_t>(-(index + 1)) + 1;
    return back > dim ? 0 : dim - back;
}

Result<DimRange> parseRange(std::string_view part, std::uint64_t dim, const Failure& wrong) {
    const auto colon = part.find(':');
    if (colon == part.npos) {
        const auto index = parseIndex(part);
        if (!index)
            return wrong;
        const auto at = bound(*index, dim);
        const bool exists = *index >= 0 ? static_cast<std::uint64_t>(*index) < dim
                                        : static_cast<std::uint64_t>(-(*index + 1)) < dim;
        if (!exists)
            return wrong;
        return DimRange{at, at + 1, true};
    }
    DimRange out{0, dim, false};
    const auto first = trimmed(part.substr(0, colon)), last = trimmed(part.substr(colon + 1));
    if (!first.empty()) {
        const auto index = parseIndex(first);
        if (!index)
            return wrong;
        out.begin = bound(*index, dim);
    }
    if (!last.empty()) {
        const auto index = parseIndex(last);
        if (!index)
            return wrong;
        out.end = bound(*index, dim);
    }
    out.end = std::max(out.begin, out.end);
    return out;
}

/// Reads runs of elements; types below a byte are read with their neighbours in the same bytes.
class ElementReader {
public:
    ElementReader(const TensorReader& reader, std::vector<std::string>& out)
        : m_reader(reader)
        , m_bits(bitsOf(reader.dtype()))
        , m_step(8 / std::gcd<std::uint64_t>(8, m_bits))
        , m_out(out) {}

    Result<void> read(std::uint64_t begin, std::uint64_t end) {
        const ElementRange whole{begin / m_step * m_step,
                                 std::min(m_reader.elements(), (end + m_step - 1) / m_step * m_step)};
        m_bytes.resize(static_cast<std::size_t>((whole.size() * m_bits + 7) / 8));
        SHARDLENS_CHECK(m_reader.read(whole, m_bytes));
        for (auto element = begin; element < end; ++element)
            m_out.push_back(formatElement(m_reader.dtype(), m_bytes, (element - whole.begin) * m_bits));
        return {};
    }

private:
    const TensorReader& m_reader;
    std::uint64_t m_bits, m_step;
    std::vector<std::byte> m_bytes;
    std::vector<std::string>& m_out;
};

} // namespace

Result<std::vector<DimRange>> parseValueSlice(std::string_view text, DimsView shape) {
    const auto wrong = [&](std::string why) {
        return fail(rules::cli::BadValues, {std::string(text), formatShape(shape), std::move(why)});
    };
    auto inner = trimmed(text);
    if (inner.starts_with('[') != inner.ends_with(']') || inner == "[")
        return wrong("a bracket is missing");
    if (inner.starts_with('['))
        inner = trimmed(inner.substr(1, inner.size() - 2));
    std::vector<DimRange> out;
    for (std::size_t begin = 0; !inner.empty() && begin <= inner.size();) {
        const auto comma = std::min(inner.find(',', begin), inner.size());
        const auto part = trimmed(inner.substr(begin, comma - begin));
        begin = comma + 1;
        if (part.empty() && begin > inner.size() && !out.empty())
            break; // a comma at the end, as Python allows
        if (out.size() == shape.size())
            return wrong("there are fewer dims");
        SHARDLENS_TRY(const auto range,
                      parseRange(part, shape[out.size()],
                                 wrong("\"" + std::string(part) + "\" is no range of a dim of " +
                                       std::to_string(shape[out.size()]))));
        out.push_back(range);
    }
    while (out.size() < shape.size())
        out.push_back({0, shape[out.size()], false});
    return out;
}

std::vector<DimRange> cornerOf(DimsView shape) {
    std::vector<DimRange> out;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const std::uint64_t most = i + 1 == shape.size() ? 6 : i + 2 == shape.size() ? 4 : 1;
        out.push_back({0, std::min(shape[i], most), false});
    }
    return out;
}

Result<std::vector<std::string>> readValues(const CheckpointPtr& checkpoint, TensorId id,
                                            const std::vector<DimRange>& ranges, const JobContext& context) {
    Dims sizes;
    for (const auto& range : ranges)
        sizes.push_back(range.size());
    const auto count = checkedProduct(sizes);
    if (!count || *count > MostValues)
        return fail(rules::cli::TooManyValues,
                    {count ? formatGrouped(*count) : std::string("too many"), std::uint64_t{MostValues}});
    std::vector<std::string> out;
    if (*count == 0)
        return out;
    SHARDLENS_TRY(const auto reader, TensorReader::open(checkpoint, id, context));
    ElementReader elements(*reader, out);
    const auto shape = checkpoint->tensor(id).shape();
    std::vector<std::uint64_t> index;
    for (const auto& range : ranges)
        index.push_back(range.begin);
    for (;;) {
        SHARDLENS_CHECK(context.checkStop());
        std::uint64_t at = 0;
        for (std::size_t i = 0; i < shape.size(); ++i)
            at = at * shape[i] + index[i];
        SHARDLENS_CHECK(elements.read(at, at + (ranges.empty() ? 1 : ranges.back().size())));
        auto dim = ranges.size();
        for (dim = dim > 0 ? dim - 1 : 0; dim > 0; --dim) {
            if (++index[dim - 1] < ranges[dim - 1].end)
                break;
            index[dim - 1] = ranges[dim - 1].begin;
        }
        if (dim == 0)
            return out;
    }
}

} // namespace shardlens::cli
