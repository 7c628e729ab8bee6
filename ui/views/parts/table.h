// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTableView>

namespace shardlens::ui {

/// The table that every list of the window is: whole rows, no grid, a quiet header, cells by CellDelegate.
class Table : public QTableView {
    Q_OBJECT

public:
    explicit Table(QWidget* parent = nullptr);

    /// Widths from the first rows; `stretched` takes what is left.
    void fitColumns(int stretched);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    int m_stretched = -1;
    int m_least = 160;
    void fitRows();
};

} // namespace shardlens::ui
