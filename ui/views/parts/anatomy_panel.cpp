// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/anatomy_panel.h"

#include "ui/models/tensor_role.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr double BarHeight = 34, LeastWidth = 46;

} // namespace

AnatomyBar::AnatomyBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Parts of the stored item"));
}

void AnatomyBar::setParts(std::vector<AnatomyPart> parts, const QColor& payload) {
    m_parts = std::move(parts);
    m_payload = payload;
    QStringList words;
    for (const auto& part : m_parts)
        words << tr("%1, %2 at %3")
                     .arg(part.title, style::exactBytes(part.range.size()), style::grouped(part.range.begin));
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

QSize AnatomyBar::sizeHint() const {
    return {220, int(BarHeight) + fontMetrics().height() + 6};
}
QSize AnatomyBar::minimumSizeHint() const {
    return {120, sizeHint().height()};
}

/// Not to scale: each has room for its name, the payload takes the rest.
std::vector<QRectF> AnatomyBar::places() const {
    std::vector<QRectF> out;
    const QFontMetricsF metrics(style::mapFont(font()));
    std::vector<double> widths;
    double others = 0;
    std::size_t large = 0;
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        widths.push_back(
            std::max({LeastWidth, metrics.horizontalAdvance(m_parts[i].title) + 12,
                      metrics.horizontalAdvance(style::bytesText(m_parts[i].range.size())) + 8}));
        if (m_parts[i].range.size() > m_parts[large].range.size())
            large = i;
    }
    for (std::size_t i = 0; i < widths.size(); ++i)
        others += i == large ? 0 : widths[i];
    const double scale = others > width() * 0.7 ? width() * 0.7 / others : 1;
    double x = 0;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        const double wide = i == large ? width() - others * scale : widths[i] * scale;
        out.push_back(style::snapped(QRectF(x, 0, std::max(2.0, wide), BarHeight), devicePixelRatioF()));
        x += wide;
    }
    return out;
}

void AnatomyBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    const auto rects = places();
    const auto small = style::mapFont(font());
    const QFontMetricsF metrics(small);
    for (std::size_t i = 0; i < rects.size(); ++i) {
        const auto& part = m_parts[i];
        const auto rect = rects[i].adjusted(0, 0, i + 1 < rects.size() ? -1 : 0, 0);
        QColor fill = style::mix(theme.text, theme.base, 0.75);
        if (part.kind == AnatomyPart::Kind::Payload)
            fill = m_payload;
        else if (part.kind == AnatomyPart::Kind::Head)
            fill = style::mix(theme.accent, theme.base, 0.45);
        if (part.kind == AnatomyPart::Kind::Missing)
            style::drawHatch(painter, rect, style::Hatch::Hole, theme);
        else
            painter.fillRect(rect, fill);
        auto bold = small;
        bold.setWeight(QFont::DemiBold);
        painter.setFont(bold);
        if (part.kind != AnatomyPart::Kind::Missing &&
            QFontMetricsF(bold).horizontalAdvance(part.title) + 4 <= rect.width()) {
            painter.setPen(style::textOn(fill));
            painter.drawText(rect, Qt::AlignCenter | Qt::TextSingleLine, part.title);
        }
        const auto size = style::bytesText(part.range.size());
        painter.setFont(small);
        painter.setPen(theme.secondary);
        if (metrics.horizontalAdvance(size) <= rect.width() + 2)
            painter.drawText(QRectF(rect.left() - 2, BarHeight + 3, rect.width() + 4, metrics.height()),
                             Qt::AlignCenter | Qt::TextSingleLine, size);
    }
}

bool AnatomyBar::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto rects = places();
    for (std::size_t i = 0; i < rects.size(); ++i)
        if (rects[i].contains(help->pos())) {
            QToolTip::showText(
                help->globalPos(),
                style::toolTip(tr("%1: %2 at %3")
                                   .arg(m_parts[i].title, style::exactBytes(m_parts[i].range.size()),
                                        style::grouped(m_parts[i].range.begin))),
                this);
            return true;
        }
    QToolTip::hideText();
    return true;
}

AnatomyPanel::AnatomyPanel(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_header(new SectionHeader(tr("Stored item"), this))
    , m_bar(new AnatomyBar(this))
    , m_facts(new FactGrid(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_header);
    column->addWidget(m_bar);
    column->addWidget(m_facts);
    hide();
}

AnatomyPanel::~AnatomyPanel() = default;

void AnatomyPanel::setSlice(std::optional<SliceId> slice) {
    if (slice == m_slice)
        return;
    m_slice = slice;
    m_asking.reset();
    const auto checkpoint = m_document->checkpoint();
    if (!slice || !checkpoint)
        return hide();
    m_asking = m_document->runner()->run<Anatomy>(
        [checkpoint, id = *slice](const JobContext&) { return anatomyOf(checkpoint, id); });
    m_asking->then([this](const Anatomy& anatomy) { show(anatomy); });
}

void AnatomyPanel::show(const Anatomy& anatomy) {
    const auto checkpoint = m_document->checkpoint();
    if (!checkpoint || m_slice != anatomy.slice)
        return;
    const auto slice = checkpoint->slice(anatomy.slice);
    setVisible(!anatomy.parts.empty() || !anatomy.facts.isEmpty());
    if (slice.file.valid())
        m_header->setBeside(
            tr("in %1, not to scale").arg(style::plain(checkpoint->file(slice.file).path, 60)));
    const style::Theme theme(palette());
    m_bar->setParts(anatomy.parts, theme.role(roleOf(checkpoint->tensor(slice.tensor).name())));
    m_bar->setVisible(!anatomy.parts.empty());
    m_facts->setFacts(anatomy.facts);
}

} // namespace shardlens::ui
