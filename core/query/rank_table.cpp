// SPDX-License-Identifier: Apache-2.0
#include "query/rank_table.h"

#include <algorithm>
#include <map>
#include <optional>

namespace shardlens {

namespace {

constexpr std::uint32_t None = ~std::uint32_t{0};

class TableBuilder {
public:
    TableBuilder(const NameTree& tree, const RankTableOptions& options, const JobContext& context)
        : m_tree(tree)
        , m_checkpoint(*tree.checkpoint())
        , m_options(options)
        , m_context(context) {}

    Result<RankTable> run(std::span<const Branch> rows) {
        makeColumns(rows.size());
        for (const auto& branch : rows)
            m_table.rows.push_back({branch, 0});
        m_table.cells.resize(rows.size() * m_table.columns.size());
        m_table.cellSlices.resize(m_table.cells.size());
        for (std::uint32_t row = 0; row < rows.size(); ++row)
            SHARDLENS_CHECK(addRow(row));
        group();
        SHARDLENS_CHECK(explain());
        return std::move(m_table);
    }

private:
    /// The rank, or the file's own number where it holds slices: side files would spoil the mean.
    std::optional<std::uint32_t> keyOf(std::uint32_t file) const {
        if (m_options.by == RankTable::By::Rank)
            return m_checkpoint.file(FileId(file)).rank;
        return m_holdsSlices[file] ? std::optional(file) : std::nullopt;
    }

    void markFiles() {
        m_holdsSlices.assign(m_checkpoint.fileCount(), false);
        for (std::uint32_t i = 0; i < m_checkpoint.sliceCount(); ++i)
            if (const auto file = m_checkpoint.slice(SliceId(i)).file; file.valid())
                m_holdsSlices[file.index()] = true;
    }

    void makeColumns(std::size_t rows) {
        if (m_options.by == RankTable::By::File)
            markFiles();
        std::vector<std::uint32_t> keys;
        for (std::uint32_t i = 0; i < m_checkpoint.fileCount(); ++i)
            if (const auto key = keyOf(i))
                keys.push_back(*key);
        std::sort(keys.begin(), keys.end());
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        m_table.by = m_options.by;
        m_table.count = static_cast<std::uint32_t>(keys.size());
        const auto fitting = m_options.maxCells / std::max<std::size_t>(1, rows);
        const auto most = std::max<std::size_t>(1, std::min<std::size_t>(m_options.maxColumns, fitting));
        const auto perColumn = std::max<std::size_t>(1, (keys.size() + most - 1) / most);
        for (std::size_t i = 0; i < keys.size(); i += perColumn) {
            const auto end = std::min(keys.size(), i + perColumn);
            RankTable::Column column;
            column.first = keys[i];
            column.last = keys[end - 1];
            column.count = static_cast<std::uint32_t>(end - i);
            m_table.columns.push_back(column);
        }
        m_columnOfFile.assign(m_checkpoint.fileCount(), None);
        for (std::uint32_t i = 0; i < m_checkpoint.fileCount(); ++i)
            if (const auto key = keyOf(i))
                m_columnOfFile[i] = columnOf(*key);
    }

    std::uint32_t columnOf(std::uint32_t key) const {
        const auto& columns = m_table.columns;
        const auto at = std::lower_bound(columns.begin(), columns.end(), key,
                                         [](const auto& column, std::uint32_t k) { return column.last < k; });
        return static_cast<std::uint32_t>(at - columns.begin());
    }

    Result<void> addRow(std::uint32_t row) {
        const auto branch = m_table.rows[row].branch;
        for (auto p = branch.begin; p < branch.end; ++p) {
            if (p % 4096 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            if (!m_tree.isTensor(m_tree.item(p)))
                continue;
            const auto tensor = m_checkpoint.tensor(m_tree.tensor(m_tree.item(p)));
            for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i)
                addSlice(row, m_checkpoint.slice(tensor.slice(i)));
        }
        return {};
    }

    void addSlice(std::uint32_t row, const Slice& slice) {
        if (!slice.file.valid())
            return;
        const auto bytes = slice.stored.size();
        const auto column = m_columnOfFile[slice.file.index()];
        if (column == None) {
            m_table.withoutRank += bytes;
            return;
        }
        m_table.cells[row * m_table.columns.size() + column] += bytes;
        m_table.cellSlices[row * m_table.columns.size() + column] += 1;
        m_table.columns[column].bytes += bytes;
        m_table.columns[column].slices += 1;
        m_table.rows[row].bytes += bytes;
        m_table.rows[row].slices += 1;
        m_table.bytes += bytes;
    }

    Result<void> explain() {
        const auto uneven = m_table.imbalance();
        if (!uneven)
            return {};
        RankTable::Cause cause;
        const auto branch = m_table.rows[uneven->row].branch;
        for (auto p = branch.begin; p < branch.end; ++p) {
            if (p % 4096 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            if (!m_tree.isTensor(m_tree.item(p)))
                continue;
            const auto tensor = m_checkpoint.tensor(m_tree.tensor(m_tree.item(p)));
            std::uint64_t bytes = 0;
            for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i)
                if (const auto slice = m_checkpoint.slice(tensor.slice(i));
                    slice.file.valid() && m_columnOfFile[slice.file.index()] == uneven->column)
                    bytes += slice.stored.size();
            if (bytes > cause.bytes)
                cause = {tensor.id(), bytes, tensor.sliceCount()};
        }
        if (cause.bytes > 0)
            m_table.cause = cause;
        return {};
    }

    /// Columns that hold bytes of the same rows get one number, in order of appearance.
    void group() {
        std::map<std::vector<bool>, std::uint32_t> known;
        for (std::size_t column = 0; column < m_table.columns.size(); ++column) {
            std::vector<bool> holds(m_table.rows.size());
            for (std::size_t row = 0; row < m_table.rows.size(); ++row)
                holds[row] = m_table.cell(row, column) > 0;
            const auto next = static_cast<std::uint32_t>(known.size());
            m_table.columns[column].group = known.try_emplace(std::move(holds), next).first->second;
        }
        m_table.groups = static_cast<std::uint32_t>(known.size());
    }

    const NameTree& m_tree;
    const Checkpoint& m_checkpoint;
    const RankTableOptions& m_options;
    const JobContext& m_context;
    RankTable m_table;
    std::vector<std::uint32_t> m_columnOfFile;
    std::vector<bool> m_holdsSlices; ///< by file, where columns are files
};

} // namespace

std::optional<RankTable::Imbalance> RankTable::imbalance() const {
    if (count < 2 || bytes == 0)
        return std::nullopt;
    Imbalance out;
    out.mean = mean();
    for (std::uint32_t i = 0; i < columns.size(); ++i)
        if (const auto each = columns[i].bytes / columns[i].count; each > out.bytes) {
            out.bytes = each;
            out.column = i;
        }
    if (out.bytes <= out.mean || out.bytes - out.mean <= out.mean / 100)
        return std::nullopt;
    std::uint64_t most = 0;
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
        const auto here = cell(row, out.column) / columns[out.column].count, mean = rows[row].bytes / count;
        if (here > mean && here - mean > most) {
            most = here - mean;
            out.row = row;
            out.rowBytes = here;
            out.rowMean = mean;
        }
    }
    return out;
}

Result<RankTable> rankTable(const NameTree& tree, std::span<const Branch> rows,
                            const RankTableOptions& options, const JobContext& context) {
    return TableBuilder(tree, options, context).run(rows);
}

std::vector<Branch> branchesAtDepth(const NameTree& tree, std::uint32_t depth, std::size_t atMost) {
    std::vector<Branch> level{tree.root()};
    for (std::uint32_t d = 0; d < depth; ++d) {
        std::vector<Branch> next;
        for (const auto& branch : level) {
            if (tree.isLeaf(branch)) {
                next.push_back(branch);
                continue;
            }
            const auto children = tree.children(branch, atMost);
            next.insert(next.end(), children.begin(), children.end());
            if (next.size() > atMost)
                return level;
        }
        level = std::move(next);
    }
    return level;
}

} // namespace shardlens
