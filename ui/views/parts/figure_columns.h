// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/views/details/page.h"

#include <QWidget>

class QBoxLayout;

namespace shardlens::ui {

/// Names and numbers in columns side by side, each with its names left and its numbers right. What is 0 is
/// said in grey. Where they do not fit beside each other they stand below each other. Selectable plain text; numbers are never cut.
class FigureColumns : public QWidget {
    Q_OBJECT

public:
    explicit FigureColumns(QWidget* parent = nullptr);
    void setColumns(const QList<FactPairs>& columns);
    FactPairs facts() const; ///< of all columns
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    int wantedWidth() const;
    QList<FactPairs> m_columns;
    QBoxLayout* m_row;
};

} // namespace shardlens::ui
