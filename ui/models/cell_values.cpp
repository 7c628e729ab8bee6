// SPDX-License-Identifier: Apache-2.0
#include "ui/models/cell_values.h"

#include "data/decode.h"

#include <algorithm>

namespace shardlens::ui {

Result<ValueBlockPtr> readBlock(const TensorReader& reader, const ValuePlane& plane, std::uint64_t row,
                                std::uint64_t column, std::uint64_t rows, std::uint64_t columns,
                                const JobContext& context) {
    auto block = std::make_shared<ValueBlock>();
    block->row = row;
    block->column = column;
    block->rows = std::min(rows, plane.rows - std::min(row, plane.rows));
    block->columns = std::min(columns, plane.columns - std::min(column, plane.columns));
    const auto bits = bitsOf(reader.dtype());
    const std::uint64_t whole = bits % 8 == 0 ? 1 : 4; // elements that fill whole bytes: F4 and F6 among them
    std::vector<std::byte> packed;
    std::vector<double> values(std::size_t(block->columns));
    for (std::uint64_t i = 0; i < block->rows; ++i) {
        SHARDLENS_CHECK(context.checkStop());
        const auto begin = plane.firstElement + (row + i) * plane.columns + column;
        const auto from = begin / whole * whole;
        const auto to = std::min(reader.elements(), (begin + block->columns + whole - 1) / whole * whole);
        packed.resize(std::size_t(((to - from) * bits + 7) / 8));
        SHARDLENS_CHECK(reader.read({from, to}, packed));
        const auto firstBit = (begin - from) * bits;
        decodeMagnitudesOrValues(reader.dtype(), packed, firstBit, values);
        block->values.insert(block->values.end(), values.begin(), values.end());
        for (std::uint64_t j = 0; j < block->columns; ++j) {
            block->texts.push_back(
                QString::fromStdString(formatElement(reader.dtype(), packed, firstBit + j * bits)));
            block->bits.push_back(
                QString::fromStdString(formatBits(reader.dtype(), packed, firstBit + j * bits)));
        }
    }
    return block;
}

} // namespace shardlens::ui
