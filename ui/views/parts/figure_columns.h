// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/views/details/page.h"

#include <QWidget>

class QHBoxLayout;

namespace shardlens::ui {

/// Names and numbers in columns side by side, each with its names left and its numbers right. What is 0 is
/// said in grey. Selectable plain text; numbers are never cut.
class FigureColumns : public QWidget {
    Q_OBJECT

public:
    explicit FigureColumns(QWidget* parent = nullptr);
    void setColumns(const QList<FactPairs>& columns);
    FactPairs facts() const; ///< of all columns

private:
    QList<FactPairs> m_columns;
    QHBoxLayout* m_row;
};

} // namespace shardlens::ui
