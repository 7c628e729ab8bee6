// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/figure_columns.h"

#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>

#include <algorithm>

namespace shardlens::ui {

FigureColumns::FigureColumns(QWidget* parent) : QWidget(parent), m_row(new QHBoxLayout(this)) {
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSizeConstraint(QLayout::SetNoConstraint); // minimumSizeHint decides
    m_row->setSpacing(16);
}

void FigureColumns::setColumns(const QList<FactPairs>& columns) {
    if (columns == m_columns)
        return;
    m_columns = columns;
    clearLayout(m_row);
    for (const auto& column : columns) {
        auto* box = new QWidget(this);
        auto* grid = new QGridLayout(box);
        grid->setContentsMargins(0, 0, 0, 0);
        grid->setHorizontalSpacing(8);
        grid->setVerticalSpacing(3);
        grid->setColumnStretch(1, 1);
        int row = 0;
        for (const auto& [name, value] : column) {
            auto* number = new QLabel(box);
            number->setTextFormat(Qt::PlainText);
            number->setText(value);
            number->setTextInteractionFlags(Qt::TextSelectableByMouse);
            number->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            number->setAccessibleName(name);
            if (value == QLatin1String("0"))
                number->setForegroundRole(QPalette::PlaceholderText);
            else
                number->setFont(style::mediumFont(font()));
            grid->addWidget(new style::QuietLabel(name, box), row, 0);
            grid->addWidget(number, row++, 1);
        }
        grid->setRowStretch(row, 1);
        m_row->addWidget(box, 1);
    }
}

int FigureColumns::wantedWidth() const {
    int out = m_row->spacing() * std::max(0, m_row->count() - 1);
    for (int i = 0; i < m_row->count(); ++i)
        out += m_row->itemAt(i)->minimumSize().width();
    return out;
}

QSize FigureColumns::minimumSizeHint() const {
    QSize out(0, 0);
    for (int i = 0; i < m_row->count(); ++i)
        out = out.expandedTo(m_row->itemAt(i)->minimumSize());
    return {out.width(), m_row->minimumSize().height()};
}

void FigureColumns::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_row->setDirection(width() < wantedWidth() ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

FactPairs FigureColumns::facts() const {
    FactPairs out;
    for (const auto& column : m_columns)
        out += column;
    return out;
}

} // namespace shardlens::ui
