// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/flow_row.h"

#include <QEvent>

#include <algorithm>

namespace shardlens::ui {

namespace {

constexpr int GapX = 14, GapY = 2;

} // namespace

FlowRow::FlowRow(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

int FlowRow::arrange(int width, bool move) const {
    int x = 0, y = 0, row = 0;
    for (QWidget* child : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        if (child->isHidden())
            continue;
        const QSize size = child->sizeHint();
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += row + GapY;
            row = 0;
        }
        if (move)
            child->setGeometry(QRect(QPoint(x, y), size));
        x += size.width() + GapX;
        row = std::max(row, size.height());
    }
    return y + row;
}

QSize FlowRow::sizeHint() const {
    int wide = 0, high = 0;
    for (const QWidget* child : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        if (child->isHidden())
            continue;
        wide += child->sizeHint().width() + (wide > 0 ? GapX : 0);
        high = std::max(high, child->sizeHint().height());
    }
    return {wide, high};
}

QSize FlowRow::minimumSizeHint() const {
    int wide = 0, high = 0;
    for (const QWidget* child : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        if (child->isHidden())
            continue;
        wide = std::max(wide, child->sizeHint().width());
        high = std::max(high, child->sizeHint().height());
    }
    return {wide, high};
}

void FlowRow::resizeEvent(QResizeEvent*) {
    arrange(width(), true);
}

bool FlowRow::event(QEvent* event) {
    if (event->type() == QEvent::LayoutRequest) { // a child came, went or has another size
        arrange(width(), true);
        updateGeometry();
    }
    return QWidget::event(event);
}

} // namespace shardlens::ui
