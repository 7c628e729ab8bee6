// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/value_map.h"

#include <QString>

#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::ui {

/// A rectangle of a tensor's last two dims, read. Immutable.
struct ValueBlock {
    std::uint64_t row = 0, column = 0; ///< of the first value
    std::uint64_t rows = 0, columns = 0;
    std::vector<double> values; ///< magnitudes of complex ones
    std::vector<QString> texts, bits;

    bool holds(std::uint64_t atRow, std::uint64_t atColumn) const {
        return atRow >= row && atRow - row < rows && atColumn >= column && atColumn - column < columns;
    }
    std::size_t index(std::uint64_t atRow, std::uint64_t atColumn) const {
        return std::size_t((atRow - row) * columns + (atColumn - column));
    }
};
using ValueBlockPtr = std::shared_ptr<const ValueBlock>;

/// Reads [row, row + rows) × [column, column + columns) of a plane.
Result<ValueBlockPtr> readBlock(const TensorReader& reader, const ValuePlane& plane, std::uint64_t row,
                                std::uint64_t column, std::uint64_t rows, std::uint64_t columns,
                                const JobContext& context);

} // namespace shardlens::ui
