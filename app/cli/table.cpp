// SPDX-License-Identifier: Apache-2.0
#include "app/cli/table.h"

#include "base/escape.h"

#include <algorithm>

namespace shardlens::cli {

namespace {

/// A single long cell must not push all others off the screen.
constexpr std::size_t WidestPadded = 48;

} // namespace

Table::Table(std::vector<Column> columns) : m_columns(std::move(columns)), m_widths(m_columns.size()) {
    for (std::size_t i = 0; i < m_columns.size(); ++i)
        m_widths[i] = displayWidth(m_columns[i].title);
}

void Table::widen(const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
        m_widths[i] = std::max(m_widths[i], std::min(displayWidth(cells[i]), WidestPadded));
}

void Table::printTitles(Output& out, const Style& style) const {
    std::vector<std::string> titles;
    for (const auto& column : m_columns)
        titles.push_back(column.title);
    std::string line;
    for (std::size_t i = 0; i < titles.size(); ++i) {
        const auto width = displayWidth(titles[i]);
        const std::string space(width < m_widths[i] ? m_widths[i] - width : 0, ' ');
        const bool right = m_columns[i].align == Align::Right;
        line += (right ? space : "") + titles[i] + (right || i + 1 == titles.size() ? "" : space);
        line += i + 1 == titles.size() ? "" : "  ";
    }
    out.print(style.paint(Ink::Faint, line) + "\n");
}

void Table::printRow(Output& out, const Style& style, const std::vector<std::string>& cells) const {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto width = displayWidth(cells[i]);
        const std::string space(width < m_widths[i] ? m_widths[i] - width : 0, ' ');
        if (m_columns[i].align == Align::Right)
            line += space;
        line += style.paint(m_columns[i].ink, cells[i]);
        if (i + 1 == cells.size())
            break;
        if (m_columns[i].align == Align::Left)
            line += space;
        line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.print(line + "\n");
}

void Table::print(Output& out, const Style& style, const std::vector<std::vector<std::string>>& rows) {
    for (const auto& row : rows)
        widen(row);
    printTitles(out, style);
    for (const auto& row : rows)
        printRow(out, style, row);
}

} // namespace shardlens::cli
