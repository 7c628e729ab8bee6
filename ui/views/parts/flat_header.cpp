// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/flat_header.h"

#include "ui/style/painting.h"
#include "ui/style/theme.h"

#include <QPainter>

#include <algorithm>

namespace shardlens::ui {

FlatHeader::FlatHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
    setHighlightSections(false);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setMinimumSectionSize(20);
}

QSize FlatHeader::sectionSizeFromContents(int logicalIndex) const {
    const auto size = QHeaderView::sectionSizeFromContents(logicalIndex);
    return {size.width(), std::max(26, fontMetrics().height() + 10)};
}

void FlatHeader::paintEvent(QPaintEvent* event) {
    {
        QPainter painter(viewport());
        const style::Theme theme(palette());
        painter.fillRect(viewport()->rect(), theme.base);
        painter.fillRect(QRect(0, viewport()->height() - 1, viewport()->width(), 1), theme.line);
    }
    QHeaderView::paintEvent(event);
}

void FlatHeader::paintSection(QPainter* painter, const QRect& rect, int logicalIndex) const {
    const style::Theme theme(palette());
    painter->save();
    painter->setFont(style::secondaryFont(font()));
    const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == logicalIndex;
    painter->setPen(sorted ? theme.text : theme.secondary);
    const auto alignment = model()->headerData(logicalIndex, orientation(), Qt::TextAlignmentRole);
    const auto flags = alignment.isValid() ? Qt::Alignment(alignment.toInt()) : defaultAlignment();
    QRectF text = QRectF(rect).adjusted(8, 0, -8, 0);
    if (sorted) {
        const bool rising = sortIndicatorOrder() == Qt::AscendingOrder;
        const QFontMetricsF metrics(painter->font());
        const double width =
            metrics.horizontalAdvance(model()->headerData(logicalIndex, orientation()).toString());
        const bool right = flags & Qt::AlignRight;
        const double x =
            right ? text.right() - width - 9 : std::min(text.left() + width + 8, text.right() - 4);
        const double y = rect.center().y() + 0.5, arm = rising ? -2.5 : 2.5;
        painter->setRenderHint(QPainter::Antialiasing);
        painter->drawPolyline(
            QPolygonF{QPointF(x - 3.5, y - arm / 2), QPointF(x, y + arm / 2), QPointF(x + 3.5, y - arm / 2)});
    }
    const auto label = painter->fontMetrics().elidedText(
        model()->headerData(logicalIndex, orientation()).toString(), Qt::ElideRight, int(text.width()));
    painter->drawText(text, int(flags), label);
    painter->restore();
}

} // namespace shardlens::ui
