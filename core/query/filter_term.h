// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "model/dtype.h"
#include "query/filter_split.h"
#include "query/text_pattern.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace shardlens {

/// One term, understood.
struct ParsedTerm {
    enum class Kind { Name, DTypes, Shape, DimCount, Rank, Size, Params, File, Slices, Has, Storage };
    enum class Comparison { Equal, Greater, GreaterEqual, Less, LessEqual };
    enum class Has { Finding, Alias, Slices, Storage };
    /// A number each dim, nothing for any.
    using ShapePattern = std::vector<std::optional<std::uint64_t>>;

    FilterTerm span;
    Kind kind = Kind::Name;
    Comparison comparison = Comparison::Equal;
    std::vector<TextPattern> texts; ///< Name (one) and File
    std::vector<std::uint64_t> numbers;
    std::vector<ShapePattern> shapes;
    std::vector<Has> has;
    std::uint64_t dtypes = 0; ///< a bit each DType

    bool comparesTo(std::uint64_t number) const;
    bool hasDType(DType dtype) const { return (dtypes >> static_cast<unsigned>(dtype) & 1u) != 0; }
    bool hasShape(std::span<const std::uint64_t> shape) const;
    bool hasText(std::string_view text) const;
    /// Entries have names, files and findings, and nothing else that a term could ask for.
    bool concernsEntries() const;
};

Result<ParsedTerm> parseTerm(const RawTerm& raw);

} // namespace shardlens
