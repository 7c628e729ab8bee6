// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/verdict_cards.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/style/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <optional>

namespace shardlens::ui {

namespace {

constexpr double Margin = 8, Gap = 8, Inset = 10, GlyphSize = 16;

/// Nothing where it opens. What others refuse may still be used here, so that is a warning.
std::optional<Severity> severityOf(const VerdictCards::Card& card, bool own) {
    if (card.state == VerdictCards::Card::State::Opens)
        return std::nullopt;
    return own && card.state == VerdictCards::Card::State::Refuses ? Severity::Error : Severity::Warning;
}

} // namespace

VerdictCards::VerdictCards(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCheckpoint({});
}

void VerdictCards::setCheckpoint(const CheckpointPtr& checkpoint) {
    std::vector<Card> cards;
    if (checkpoint && !checkpoint->verdicts().empty()) {
        const auto counts = countFindings(checkpoint->findings());
        Card own{Card::State::Opens, QStringLiteral("Shardlens"), tr("accepts it"),
                 tr("every rule of the format holds")};
        if (counts.errors > 0)
            own = {Card::State::Refuses, own.who, tr("refuses it"), tr("the findings below say why")};
        else if (counts.warnings > 0)
            own = {Card::State::OpensWithNotes, own.who, tr("accepts it"), tr("with warnings, see below")};
        cards.push_back(own);
        for (const auto& verdict : checkpoint->verdicts())
            cards.push_back(
                {verdict.opens ? Card::State::Opens : Card::State::Refuses, style::plain(verdict.reader),
                 verdict.opens ? tr("opens it") : tr("refuses it"),
                 verdict.opens ? tr("as its reader goes through it") : style::plain(verdict.reason)});
    }
    setCards(std::move(cards));
}

void VerdictCards::setCards(std::vector<Card> cards) {
    m_cards = std::move(cards);
    QStringList spoken;
    for (const auto& card : m_cards)
        spoken << tr("%1 %2: %3").arg(card.who, card.verdict, card.reason);
    setAccessibleName(tr("Who can open it"));
    setAccessibleDescription(spoken.join(QStringLiteral(". ")));
    setVisible(!m_cards.empty());
    update();
}

QSize VerdictCards::sizeHint() const {
    const auto line = QFontMetricsF(font()).height() + QFontMetricsF(style::secondaryFont(font())).height();
    return {600, static_cast<int>(std::ceil(line + 2 * Inset - 4 + Margin))};
}

QSize VerdictCards::minimumSizeHint() const {
    return {240, sizeHint().height()};
}

QRectF VerdictCards::rectOf(std::size_t card) const {
    const auto count = static_cast<double>(m_cards.size());
    const double each = (width() - 2 * Margin - Gap * (count - 1)) / count;
    return {Margin + static_cast<double>(card) * (each + Gap), Margin, each, height() - Margin};
}

void VerdictCards::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < m_cards.size(); ++i)
        paintCard(painter, rectOf(i), m_cards[i]);
}

void VerdictCards::paintCard(QPainter& painter, const QRectF& rect, const Card& card) const {
    const style::Theme theme(palette());
    const auto severity = severityOf(card, &card == &m_cards.front());
    const QColor color = severity ? theme.severity(*severity) : theme.good();
    painter.setPen(QPen(style::mix(theme.line, color, 0.35), 1));
    painter.setBrush(style::mix(theme.base, color, theme.dark ? 0.16 : 0.1));
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    const QFontMetricsF metrics(font());
    const double top = rect.top() + Inset - 2;
    const QRectF glyph(rect.left() + Inset, top + (metrics.height() - GlyphSize) / 2, GlyphSize, GlyphSize);
    if (severity)
        style::drawSeverity(painter, glyph, *severity, theme);
    else
        style::drawGood(painter, glyph, theme);

    const double left = glyph.right() + 8, room = rect.right() - Inset - left;
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(theme.text);
    const QFontMetricsF boldMetrics(bold);
    const double who = std::min(room, boldMetrics.horizontalAdvance(card.who) + 6);
    painter.drawText(QRectF(left, top, who, metrics.height()), Qt::AlignVCenter | Qt::TextSingleLine,
                     boldMetrics.elidedText(card.who, Qt::ElideRight, who));
    painter.setFont(font());
    painter.drawText(QRectF(left + who, top, room - who, metrics.height()),
                     Qt::AlignVCenter | Qt::TextSingleLine,
                     metrics.elidedText(card.verdict, Qt::ElideRight, room - who));
    const QFont small = style::secondaryFont(font());
    const QFontMetricsF smallMetrics(small);
    painter.setFont(small);
    painter.setPen(theme.secondary);
    painter.drawText(QRectF(left, top + metrics.height(), room, smallMetrics.height()),
                     Qt::AlignVCenter | Qt::TextSingleLine,
                     smallMetrics.elidedText(card.reason, Qt::ElideRight, room));
}

bool VerdictCards::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (std::size_t i = 0; i < m_cards.size(); ++i)
        if (rectOf(i).contains(help->pos())) {
            const auto& card = m_cards[i];
            QToolTip::showText(help->globalPos(),
                               style::toolTip(tr("%1 %2: %3").arg(card.who, card.verdict, card.reason)),
                               this);
            return true;
        }
    QToolTip::hideText();
    return true;
}

} // namespace shardlens::ui
