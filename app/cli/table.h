// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/output.h"
#include "app/cli/style.h"

#include <string>
#include <vector>

namespace shardlens::cli {

/// Aligned columns. Cells are escaped already; the last column is not padded. Widths can be announced by row
/// before rows are printed (`widen`), so that long listings are never kept.
class Table {
public:
    enum class Align { Left, Right };
    struct Column {
        std::string title;
        Align align = Align::Left;
        Ink ink = Ink::Plain;
    };

    explicit Table(std::vector<Column> columns);
    void widen(const std::vector<std::string>& cells);
    void printTitles(Output& out, const Style& style) const;
    void printRow(Output& out, const Style& style, const std::vector<std::string>& cells) const;
    /// For short tables: widens by all rows and prints titles and rows.
    void print(Output& out, const Style& style, const std::vector<std::vector<std::string>>& rows);

private:
    std::vector<Column> m_columns;
    std::vector<std::size_t> m_widths;
};

} // namespace shardlens::cli
