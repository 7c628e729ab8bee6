// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "query/name_tree.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace shardlens {

/// Stored bytes by branch and process rank, or by branch and file that holds slices. A plain value. Ranks are those that the
/// metadata names; slices of files without one count under `withoutRank` alone. Replicas count for every rank
/// that holds them.
struct RankTable {
    enum class By : std::uint8_t { Rank, File };

    /// Ranks or files in one column: one, unless there are more of them than columns were asked for.
    struct Column {
        std::uint32_t first = 0, last = 0; ///< ranks, or FileIds
        std::uint32_t count = 0;           ///< that exist between the two
        std::uint64_t bytes = 0;           ///< sum of the column
        std::uint32_t group = 0;           ///< columns with the same number hold slices of the same rows
        std::uint32_t slices = 0;
    };
    struct Row {
        Branch branch;
        std::uint64_t bytes = 0;
        std::uint32_t slices = 0;
    };
    /// The rank that stores most, against the mean, and the row that explains most of the difference.
    struct Imbalance {
        std::uint32_t column = 0, row = 0;
        std::uint64_t bytes = 0;    ///< of the column's ranks, each
        std::uint64_t mean = 0;     ///< of all ranks, each
        std::uint64_t rowBytes = 0; ///< of the row in that column, each rank
        std::uint64_t rowMean = 0;
    };
    /// The tensor of that row with most bytes in that column.
    struct Cause {
        TensorId tensor;
        std::uint64_t bytes = 0;  ///< in the column
        std::uint32_t slices = 0; ///< of the whole tensor
    };

    By by = By::Rank;
    std::vector<Column> columns; ///< by rank, or by file
    std::vector<Row> rows;
    std::vector<std::uint64_t> cells;      ///< bytes, row by row
    std::vector<std::uint32_t> cellSlices; ///< the same way
    std::uint32_t groups = 0;
    std::uint32_t count = 0; ///< ranks or files in all columns
    std::uint64_t bytes = 0; ///< of all columns
    std::uint64_t withoutRank = 0;
    std::optional<Cause> cause; ///< of the imbalance, where there is one

    std::uint64_t cell(std::size_t row, std::size_t column) const {
        return cells[row * columns.size() + column];
    }
    std::uint32_t slices(std::size_t row, std::size_t column) const {
        return cellSlices[row * columns.size() + column];
    }
    /// Mean bytes a rank.
    std::uint64_t mean() const { return count == 0 ? 0 : bytes / count; }
    /// Nothing where no rank stores more than 1 % above the mean.
    std::optional<Imbalance> imbalance() const;
};

struct RankTableOptions {
    RankTable::By by = RankTable::By::Rank;
    std::uint32_t maxColumns = 4096;   ///< more ranks than this share columns
    std::uint64_t maxCells = 8u << 20; ///< rows times columns: more share columns, too (96 MiB)
};

/// `rows` are disjoint branches in natural order (Folding and NameTree give them); items outside count
/// nowhere. Costs the number of slices.
Result<RankTable> rankTable(const NameTree& tree, std::span<const Branch> rows,
                            const RankTableOptions& options, const JobContext& context);

/// The branches at a depth, and leaves above it: rows for a table of everything.
std::vector<Branch> branchesAtDepth(const NameTree& tree, std::uint32_t depth, std::size_t atMost);

} // namespace shardlens
