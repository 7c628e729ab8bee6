// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/drop_overlay.h"

#include "ui/style/icons.h"
#include "ui/style/painting.h"

#include <QAccessible>
#include <QEvent>
#include <QPainter>
#include <QStyle>

#include <algorithm>

namespace shardlens::ui {

using style::Theme;

namespace {

constexpr int FadeMs = 120;
constexpr double CardWidth = 280, CardHeight = 238, CardGap = 22, HeadHeight = 62;

} // namespace

DropOverlay::DropOverlay(QWidget* window) : QWidget(window) {
    setAttribute(Qt::WA_TransparentForMouseEvents, false);
    setAccessibleName(tr("Drop targets"));
    m_fade.setDuration(FadeMs);
    connect(&m_fade, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        m_opacity = value.toDouble();
        update();
    });
    connect(&m_fade, &QVariantAnimation::finished, this, [this] {
        if (!m_up)
            hide();
    });
    window->installEventFilter(this);
    hide();
}

void DropOverlay::appear(const DropOffer& offer) {
    m_up = true;
    m_hovered = -1;
    setGeometry(parentWidget()->rect());
    setOffer(offer);
    show();
    raise();
    fadeTo(1);
}

void DropOverlay::setOffer(const DropOffer& offer) {
    m_offer = offer;
    QStringList said{offer.title, offer.facts.join(QStringLiteral(", "))};
    for (const DropTarget& target : offer.targets)
        said << target.title;
    said << offer.note;
    setAccessibleDescription(said.join(QStringLiteral(". ")));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    update();
}

void DropOverlay::vanish() {
    if (!m_up)
        return;
    m_up = false;
    fadeTo(0);
}

void DropOverlay::fadeTo(double opacity) {
    m_fade.stop();
    if (style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) <= 0) {
        m_opacity = opacity;
        setVisible(m_up);
        update();
        return;
    }
    m_fade.setStartValue(m_opacity);
    m_fade.setEndValue(opacity);
    m_fade.start();
}

QRectF DropOverlay::targetRect(std::size_t index) const {
    const auto count = static_cast<double>(m_offer.targets.size());
    const double available = width() - 48.0;
    const double cardWidth = std::min(CardWidth, (available - (count - 1) * CardGap) / std::max(1.0, count));
    const double all = count * cardWidth + (count - 1) * CardGap;
    const double cardHeight = std::min(CardHeight, std::max(150.0, height() - HeadHeight - 120.0));
    const double top = std::max(HeadHeight + 40, (height() - cardHeight) / 2 - 10);
    return {(width() - all) / 2 + static_cast<double>(index) * (cardWidth + CardGap), top, cardWidth,
            cardHeight};
}

int DropOverlay::targetAt(const QPoint& position) const {
    for (std::size_t index = 0; index < m_offer.targets.size(); ++index)
        if (targetRect(index).contains(position))
            return static_cast<int>(index);
    return -1;
}

void DropOverlay::pointAt(const QPoint& position) {
    const int target = targetAt(position);
    if (target == m_hovered)
        return;
    m_hovered = target;
    update();
}

void DropOverlay::pointNowhere() {
    m_hovered = -1;
    update();
}

DropAction DropOverlay::actionAt(const QPoint& position) const {
    const int target = targetAt(position);
    return target < 0 ? m_offer.elsewhere : m_offer.targets[static_cast<std::size_t>(target)].action;
}

bool DropOverlay::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize)
        setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(watched, event);
}

void DropOverlay::paintHead(QPainter& painter, const Theme& theme) const {
    const bool hasTargets = !m_offer.targets.empty();
    const QRectF first = hasTargets ? targetRect(0) : QRectF(width() / 2.0 - 200, height() / 2.0, 400, 0);
    const double iconSize = 36;
    const QFont title = pageFont(font(), 1.45);
    const double titleWidth = QFontMetricsF(title).horizontalAdvance(m_offer.title);
    const QString facts = m_offer.facts.join(QStringLiteral("      "));
    const double factsWidth = QFontMetricsF(font()).horizontalAdvance(facts);
    const double needed = iconSize + 16 + std::max(titleWidth, factsWidth);
    // Aligned with the cards where that fits, else centred.
    double left = first.left() + 4;
    if (m_offer.targets.size() < 2 || left + needed > width() - 24)
        left = std::max(24.0, (width() - needed) / 2);
    const double top = first.top() - HeadHeight - 18;
    style::icon(u"layers", theme.accent)
        .paint(&painter, QRect(int(left), int(top) + 4, int(iconSize), int(iconSize)));
    const QRectF text(left + iconSize + 16, top, width() - left - iconSize - 40, HeadHeight);
    painter.setFont(title);
    painter.setPen(theme.text);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine,
                     QFontMetricsF(title).elidedText(m_offer.title, Qt::ElideMiddle, text.width()));
    painter.setFont(font());
    painter.setPen(theme.secondary);
    painter.drawText(text.adjusted(0, QFontMetricsF(title).height() + 4, 0, 0), Qt::AlignLeft | Qt::AlignTop,
                     QFontMetricsF(font()).elidedText(facts, Qt::ElideMiddle, text.width()));
}

void DropOverlay::paintNote(QPainter& painter, const Theme& theme) const {
    const double top = m_offer.targets.empty() ? height() / 2.0 + 16 : targetRect(0).bottom() + 26;
    const QFontMetricsF metrics(font());
    double y = top;
    painter.setFont(font());
    if (!m_offer.note.isEmpty()) {
        const double glyph = 15, gap = 10;
        const double widest = width() - 80.0;
        const QString note = metrics.elidedText(m_offer.note, Qt::ElideRight, widest);
        const double left = (width() - metrics.horizontalAdvance(note) - glyph - gap) / 2;
        style::drawSeverity(painter, QRectF(left, y + (metrics.height() - glyph) / 2, glyph, glyph),
                            m_offer.noteIsError ? Severity::Error : Severity::Info, theme);
        painter.setPen(theme.text);
        painter.drawText(QRectF(left + glyph + gap, y, widest, metrics.height()),
                         Qt::AlignLeft | Qt::TextSingleLine, note);
        y += metrics.height() + 12;
    }
    painter.setPen(theme.secondary);
    const QString rest = m_offer.elsewhere == DropAction::Inspect
                             ? tr("Anywhere else: Inspect.   Esc cancels.")
                             : tr("Esc cancels.");
    painter.drawText(QRectF(0, y, width(), metrics.height()), Qt::AlignHCenter | Qt::TextSingleLine, rest);
}

void DropOverlay::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(m_opacity);
    const Theme theme(palette());
    QColor veil = theme.window;
    veil.setAlphaF(0.94F);
    painter.fillRect(rect(), veil);
    painter.setPen(QPen(theme.accent, 3));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(4.5, 4.5, -4.5, -4.5), 8, 8);
    paintHead(painter, theme);
    for (std::size_t index = 0; index < m_offer.targets.size(); ++index) {
        const DropTarget& target = m_offer.targets[index];
        const bool chosen = static_cast<int>(index) == m_hovered;
        painter.setFont(font());
        if (!chosen) {
            QColor shadow(0, 0, 0, theme.dark ? 60 : 14);
            painter.setPen(Qt::NoPen);
            painter.setBrush(shadow);
            painter.drawRoundedRect(targetRect(index).adjusted(-2, 0, 2, 4), 11, 11);
        }
        drawCard(painter, targetRect(index), target.picture, target.title, target.text,
                 chosen ? CardLook::ChosenTarget : CardLook::Target, theme);
    }
    paintNote(painter, theme);
}

} // namespace shardlens::ui
