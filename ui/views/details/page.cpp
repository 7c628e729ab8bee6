// SPDX-License-Identifier: Apache-2.0
#include "ui/views/details/page.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {
namespace {

QLabel* plainLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::NoFocus);
    return label;
}

void makeSecondary(QLabel* label) {
    auto palette = label->palette();
    palette.setColor(QPalette::WindowText, style::Theme(palette).secondary);
    label->setPalette(palette);
}

/// Follows the theme: labels keep no colour of their own.
class SecondaryLabel : public QLabel {
public:
    explicit SecondaryLabel(const QString& text, QWidget* parent) : QLabel(parent) {
        setTextFormat(Qt::PlainText);
        setText(text);
        setForegroundRole(QPalette::WindowText);
        follow();
    }

protected:
    void changeEvent(QEvent* event) override {
        QLabel::changeEvent(event);
        if (event->type() == QEvent::PaletteChange && !m_following)
            follow();
    }

private:
    bool m_following = false;
    void follow() {
        m_following = true;
        setPalette(QPalette()); // from the parent again
        makeSecondary(this);
        m_following = false;
    }
};

class Glyph : public QWidget {
public:
    Glyph(Severity severity, QWidget* parent) : QWidget(parent), m_severity(severity) {
        setFixedSize(16, 18);
        setAccessibleName(style::severityText(severity));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        style::drawSeverity(painter, QRectF(0, 2, 15, 15), m_severity, style::Theme(palette()));
    }

private:
    Severity m_severity;
};

} // namespace

void clearLayout(QLayout* layout) {
    while (auto* item = layout->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        if (item->layout())
            clearLayout(item->layout());
        delete item;
    }
}

NameLabel::NameLabel(QWidget* parent) : QWidget(parent) {
    setFont(style::titleFont(font()));
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void NameLabel::setName(const QString& shown) {
    m_name = shown;
    setToolTip(style::toolTip(shown));
    setAccessibleName(shown);
    update();
}

QSize NameLabel::sizeHint() const {
    return {200, fontMetrics().height() + 4};
}
QSize NameLabel::minimumSizeHint() const {
    return {40, fontMetrics().height() + 4};
}

void NameLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(style::Theme(palette()).text);
    painter.drawText(rect(), Qt::AlignVCenter | Qt::TextSingleLine,
                     style::elideMiddle(m_name, QFontMetricsF(font()), width()));
}

ShapeLine::ShapeLine(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ShapeLine::set(DType dtype, const QString& type, const QString& shape, const QStringList& more,
                    const QString& tip) {
    m_dtype = dtype;
    m_type = type;
    m_shape = shape;
    m_more = more;
    setToolTip(style::toolTip(tip));
    setAccessibleName(QStringList{type, shape, more.join(QStringLiteral(", "))}.join(QLatin1Char(' ')));
    update();
}

QSize ShapeLine::sizeHint() const {
    return {200, fontMetrics().height() + 8};
}
QSize ShapeLine::minimumSizeHint() const {
    return {60, fontMetrics().height() + 8};
}

void ShapeLine::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    QRectF rest(rect());
    if (!m_type.isEmpty())
        rest.setLeft(rest.left() + style::drawDTypeChip(painter, rest, m_dtype, m_type, theme) + 8);
    const QFontMetricsF bold(style::mediumFont(font())), metrics(font());
    painter.setFont(style::mediumFont(font()));
    painter.setPen(theme.text);
    const auto shape = bold.elidedText(m_shape, Qt::ElideMiddle, rest.width());
    painter.drawText(rest, Qt::AlignVCenter | Qt::TextSingleLine, shape);
    if (!shape.isEmpty())
        rest.setLeft(rest.left() + bold.horizontalAdvance(shape) + 14);
    painter.setFont(font());
    painter.setPen(theme.secondary);
    for (const auto& text : m_more) {
        const double width = metrics.horizontalAdvance(text);
        if (width > rest.width())
            return;
        painter.drawText(rest, Qt::AlignVCenter | Qt::TextSingleLine, text);
        rest.setLeft(rest.left() + width + 14);
    }
}

SectionHeader::SectionHeader(const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_beside(new SecondaryLabel({}, this))
    , m_row(new QHBoxLayout(this)) {
    auto* label = plainLabel(title, this);
    auto bold = font();
    bold.setWeight(QFont::DemiBold);
    label->setFont(bold);
    label->setTextInteractionFlags(Qt::NoTextInteraction);
    m_beside->setWordWrap(true);
    m_beside->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_beside->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_row->setContentsMargins(0, 6, 0, 0);
    m_row->setSpacing(8);
    m_row->addWidget(label, 0, Qt::AlignTop);
    m_row->addWidget(m_beside, 1);
}

void SectionHeader::setBeside(const QString& text) {
    m_beside->setText(text);
}
void SectionHeader::addButton(QWidget* button) {
    m_row->addWidget(button, 0, Qt::AlignTop);
}

FactGrid::FactGrid(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(14);
    m_grid->setVerticalSpacing(3);
    m_grid->setColumnStretch(1, 1);
}

void FactGrid::setFacts(const FactPairs& facts) {
    if (facts == m_facts)
        return;
    m_facts = facts;
    clearLayout(m_grid);
    int row = 0;
    for (const auto& [name, value] : facts) {
        m_grid->addWidget(new SecondaryLabel(name, this), row, 0, Qt::AlignLeft | Qt::AlignTop);
        auto* text = plainLabel(value, this);
        text->setAlignment(Qt::AlignRight | Qt::AlignTop);
        text->setWordWrap(true);
        text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
        m_grid->addWidget(text, row++, 1);
    }
}

FindingLine::FindingLine(Severity severity, const QString& title, const QString& explanation, QWidget* parent)
    : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 2, 0, 2);
    row->setSpacing(8);
    row->addWidget(new Glyph(severity, this), 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    auto* label = plainLabel(title, this);
    label->setFont(style::mediumFont(font()));
    label->setWordWrap(true);
    words->addWidget(label);
    if (!explanation.isEmpty()) {
        auto* more = new SecondaryLabel(explanation, this);
        more->setWordWrap(true);
        words->addWidget(more);
    }
    row->addLayout(words, 1);
}

DetailsPage::DetailsPage(Document* document, QWidget* parent) : QScrollArea(parent), m_document(document) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget(this);
    content->setBackgroundRole(QPalette::Base);
    content->setAutoFillBackground(true);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(12, 12, 12, 12);
    m_column->setSpacing(8);
    setWidget(content);
}

void DetailsPage::addLine() {
    auto* line = new QFrame(content());
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Plain);
    line->setForegroundRole(QPalette::Midlight);
    m_column->addWidget(line);
}

} // namespace shardlens::ui
