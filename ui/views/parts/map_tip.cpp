// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/map_tip.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr int Padding = 10, Away = 14, Widest = 460;

QFont titleOf(QFont font) {
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

MapTip::MapTip(QWidget* window) : QWidget(window) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void MapTip::show(QWidget* owner, const QRect& avoid, const QString& title, const Lines& lines) {
    auto* window = owner->window();
    auto* tip = window->findChild<MapTip*>(QString(), Qt::FindDirectChildrenOnly);
    if (!tip)
        tip = new MapTip(window);
    tip->m_owner = owner;
    tip->m_title = title;
    tip->m_lines = lines;
    const auto size = tip->wanted();
    const QRect around(owner->mapTo(window, avoid.topLeft()), avoid.size());
    int x = around.right() + Away, y = around.top() + Away / 2;
    if (x + size.width() > window->width() - 4)
        x = around.left() - Away - size.width();
    if (x < 4) // no room beside: above or below
        x = std::clamp(around.left(), 4, std::max(4, window->width() - size.width() - 4));
    const bool covers = x < around.right() && x + size.width() > around.left();
    if (covers)
        y = around.bottom() + Away;
    if (y + size.height() > window->height() - 4)
        y = covers ? around.top() - Away - size.height() : window->height() - size.height() - 4;
    tip->setGeometry(x, std::max(4, y), size.width(), size.height());
    tip->raise();
    tip->setVisible(true);
    tip->update();
}

void MapTip::hideFrom(QWidget* owner) {
    auto* tip = owner->window()->findChild<MapTip*>(QString(), Qt::FindDirectChildrenOnly);
    if (tip && tip->m_owner == owner)
        tip->hide();
}

QSize MapTip::wanted() const {
    const QFontMetricsF bold(titleOf(font())), metrics(font());
    double width = bold.horizontalAdvance(m_title);
    for (const auto& [name, value] : m_lines)
        width = std::max(width, metrics.horizontalAdvance(name) + 18 + metrics.horizontalAdvance(value));
    const double line = metrics.height() + 2;
    return {std::min(Widest, int(width) + 2 * Padding + 2),
            int(line * double(m_lines.size() + 1)) + 2 * Padding - 4};
}

void MapTip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    const QColor ground = theme.dark ? QColor(0x34, 0x3B, 0x45) : QColor(0x23, 0x28, 0x2F);
    const QColor words(0xA9, 0xB2, 0xBC), values(0xF2, 0xF5, 0xF8);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(style::mix(ground, values, 0.2), 1));
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    const QFontMetricsF metrics(font());
    const double line = metrics.height() + 2, width = this->width() - 2 * Padding;
    QRectF row(Padding, Padding - 2, width, line);
    painter.setFont(titleOf(font()));
    painter.setPen(values);
    painter.drawText(row, Qt::AlignVCenter | Qt::TextSingleLine,
                     style::elideMiddle(m_title, QFontMetricsF(painter.font()), width));
    painter.setFont(font());
    for (const auto& [name, value] : m_lines) {
        row.translate(0, line);
        painter.setPen(words);
        painter.drawText(row, Qt::AlignVCenter | Qt::TextSingleLine, name);
        painter.setPen(values);
        const double room = width - metrics.horizontalAdvance(name) - 12;
        painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine,
                         style::elideMiddle(value, metrics, room));
    }
}

} // namespace shardlens::ui
