// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/treemap_picture.h"

#include "ui/models/branch_title.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/maps/tensor_colors.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace shardlens::ui {

bool TreemapPicture::filteredOut(const Branch& branch) const {
    return filter && !filter->any(branch);
}

QString TreemapPicture::labelOf(const TreemapCell& cell) const {
    const auto parentDepth = cell.depth == 0 ? 0 : layout->cells[cell.parent].branch.depth;
    return branchTitle(*names, cell.branch, parentDepth + 1);
}

QColor TreemapPicture::fillOf(const TreemapCell& cell, const TensorColors& colors) const {
    const auto color = colors.ofItem(names->item(cell.branch.begin));
    return filteredOut(cell.branch) ? theme.filteredOut(color) : color;
}

Result<QImage> TreemapPicture::draw(const JobContext& context) const {
    QImage out((QSizeF(size) * ratio).toSize(), QImage::Format_RGB32);
    out.setDevicePixelRatio(ratio);
    out.fill(theme.base);
    QPainter painter(&out);
    painter.setFont(style::mapFont(font));
    const TensorColors colors(names, marks, mode, theme, shades);
    for (std::size_t i = 0; i < layout->cells.size(); ++i) {
        if (i % 1024 == 0)
            SHARDLENS_CHECK(context.checkStop());
        drawCell(painter, layout->cells[i], colors);
    }
    if (marks && !marks->empty())
        for (const auto& cell : layout->cells)
            if (cell.leaf)
                drawBadge(painter, cell);
    painter.end();
    return out;
}

void TreemapPicture::drawCell(QPainter& painter, const TreemapCell& cell, const TensorColors& colors) const {
    const double pixel = 1 / ratio;
    auto rect = style::snapped(cell.rect, ratio);
    if (!cell.leaf) {
        if (cell.depth == 0)
            return;
        if (!cell.titled)
            return;
        const auto ground = style::mix(theme.window, theme.text, std::min(0.03 + 0.02 * cell.depth, 0.12));
        painter.fillRect(rect, theme.line);
        painter.fillRect(rect.adjusted(pixel, pixel, -pixel, -pixel), cell.depth % 2 ? theme.window : ground);
        if (cell.titled)
            drawTitle(painter, cell);
        return;
    }
    const double gap =
        rect.width() > 4 && rect.height() > 4 ? std::max(pixel, style::snapped(0.75, ratio)) : 0;
    rect.adjust(0, 0, -gap, -gap);
    const auto fill = fillOf(cell, colors);
    painter.fillRect(rect, fill);
    if (rect.width() > 14 && rect.height() > 10)
        drawLeafText(painter, cell, fill);
}

void TreemapPicture::drawTitle(QPainter& painter, const TreemapCell& cell) const {
    const double height = cell.inside.top() - cell.rect.top();
    QRectF line(cell.rect.left() + 4, cell.rect.top(), cell.rect.width() - 8, height);
    const bool out = filteredOut(cell.branch);
    auto bold = style::mapFont(font);
    bold.setWeight(QFont::DemiBold);
    const auto label = labelOf(cell);
    const QFontMetricsF metrics(bold), plain(style::mapFont(font));
    const auto bytes = style::bytesText(names->sums(cell.branch).bytes);
    const double width = metrics.horizontalAdvance(label), beside = plain.horizontalAdvance(bytes);
    painter.setPen(out ? theme.secondary : theme.text);
    painter.setFont(bold);
    painter.drawText(line, Qt::AlignVCenter | Qt::TextSingleLine,
                     style::elideMiddle(label, metrics, line.width()));
    painter.setFont(style::mapFont(font));
    if (width + beside + 14 <= line.width()) {
        painter.setPen(theme.secondary);
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, bytes);
    }
}

void TreemapPicture::drawLeafText(QPainter& painter, const TreemapCell& cell, const QColor& fill) const {
    auto label = labelOf(cell);
    const QFontMetricsF metrics(painter.font());
    painter.setPen(style::textOn(fill));
    if (filteredOut(cell.branch))
        painter.setPen(theme.secondary);
    const auto item = names->item(cell.branch.begin);
    const bool standing =
        cell.rect.height() > 2.6 * cell.rect.width() && cell.rect.width() > metrics.height() + 2;
    const double room = (standing ? cell.rect.height() : cell.rect.width()) - 6;
    const auto fits = [&](const QString& text) {
        return metrics.horizontalAdvance(text) <= room;
    };
    for (const auto* ending : {".weight", "_proj", ".bias"}) // what says least goes first
        if (!fits(label) && label.endsWith(QLatin1String(ending)))
            label.chop(qsizetype(std::char_traits<char>::length(ending)));
    if (!fits(label))
        return; // a label is dropped rather than cut to nothing
    if ((standing || cell.rect.width() > 200) && names->isTensor(item) && names->isLeaf(cell.branch)) {
        const auto tensor = names->checkpoint()->tensor(names->tensor(item));
        const auto more = QStringLiteral("  ·  %1 %2  ·  %3")
                              .arg(style::plain(tensor.dtypeName(), 32), style::shapeText(tensor.shape()),
                                   style::bytesText(tensor.bytes()));
        if (fits(label + more))
            label += more;
    }
    painter.save();
    if (standing) {
        painter.translate(cell.rect.center().x(), cell.rect.top() + 6);
        painter.rotate(90);
        painter.drawText(QRectF(0, -metrics.height() / 2, room, metrics.height()),
                         Qt::AlignVCenter | Qt::TextSingleLine, label);
    } else {
        painter.drawText(QRectF(cell.rect.left() + 4, cell.rect.top() + 2, room, metrics.height()),
                         Qt::AlignVCenter | Qt::TextSingleLine, label);
        const double second = cell.rect.top() + 2 + metrics.height();
        const auto bytes = style::bytesText(names->sums(cell.branch).bytes);
        if (cell.rect.height() > 3.2 * metrics.height() && fits(bytes))
            painter.drawText(QRectF(cell.rect.left() + 4, second, room, metrics.height()),
                             Qt::AlignVCenter | Qt::TextSingleLine, bytes);
    }
    painter.restore();
}

/// Damage never vanishes: a glyph where it fits, else a corner of at least two pixels.
void TreemapPicture::drawBadge(QPainter& painter, const TreemapCell& cell) const {
    const auto severity = marks->worst(cell.branch);
    if (!severity)
        return;
    const auto rect = cell.rect;
    if (rect.width() >= 15 && rect.height() >= 15) {
        style::drawSeverity(painter, QRectF(rect.center().x() - 6, rect.bottom() - 15, 12, 12), *severity,
                            theme);
        return;
    }
    const double side = std::clamp(std::min(rect.width(), rect.height()), 2.0, 4.0);
    painter.fillRect(QRectF(rect.right() - side, rect.bottom() - side, side, side),
                     theme.severity(*severity));
}

} // namespace shardlens::ui
