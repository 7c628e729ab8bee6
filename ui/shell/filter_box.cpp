// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/filter_box.h"

#include "query/filter.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QAction>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QTextCharFormat>

namespace shardlens::ui {

namespace {

constexpr int Room = 12; ///< pixels between the text and the count

/// Positions of the library count bytes, Qt's count UTF-16 units.
int unitsBefore(const QByteArray& utf8, std::size_t bytes) {
    return static_cast<int>(QString::fromUtf8(utf8.constData(), static_cast<qsizetype>(bytes)).size());
}

} // namespace

FilterBox::FilterBox(Document* document, QWidget* parent) : QLineEdit(parent), m_document(document) {
    setPlaceholderText(tr("Filter: name, dtype:bf16, size>10M …"));
    setAccessibleName(tr("Filter"));
    setAccessibleDescription(tr("Words match names; dtype:, shape:, rank:, size>, params>, file:, slices>, "
                                "has:finding; a minus excludes"));
    setAcceptDrops(false); // a drag goes to the window
    addAction(style::icon(u"find"), QLineEdit::LeadingPosition)->setText(tr("Filter"));
    m_clear = addAction(style::icon(u"close"), QLineEdit::TrailingPosition);
    m_clear->setText(tr("Clear the filter"));
    m_clear->setVisible(false);
    connect(m_clear, &QAction::triggered, this, &QLineEdit::clear);
    connect(this, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_clear->setVisible(!text.isEmpty());
        m_document->setFilterText(text);
        colour();
        showCount();
    });
    connect(m_document, &Document::filterTextChanged, this, &FilterBox::followDocument);
    connect(m_document, &Document::filterChanged, this, &FilterBox::showCount);
    connect(m_document, &Document::checkpointChanged, this, [this] {
        setEnabled(m_document->isOpen());
        followDocument();
    });
    setEnabled(m_document->isOpen());
}

QSize FilterBox::sizeHint() const {
    return {420, QLineEdit::sizeHint().height() + 4};
}

void FilterBox::followDocument() {
    if (text() != m_document->filterText())
        setText(m_document->filterText());
    colour();
    showCount();
}

void FilterBox::showCount() {
    m_count.clear();
    const FilterResultPtr filter = m_document->filter();
    if (filter && !filter->matchesAll())
        m_count = tr("%1 of %2 tensors")
                      .arg(style::grouped(filter->total().tensors),
                           style::grouped(m_document->checkpoint()->tensorCount()));
    reserveRoom();
    update();
}

void FilterBox::reserveRoom() {
    const int wanted =
        m_count.isEmpty()
            ? 0
            : static_cast<int>(style::numberWidth(style::secondaryFont(font()), m_count)) + Room;
    const QMargins margins(0, 0, wanted, 0);
    if (textMargins() != margins)
        setTextMargins(margins);
}

void FilterBox::colour() {
    if (m_composing || m_colouring)
        return;
    m_colouring = true;
    const style::Theme theme(palette());
    const QByteArray utf8 = text().toUtf8();
    const auto& error = m_document->filterError();
    QList<QInputMethodEvent::Attribute> attributes;
    const auto add = [&](std::size_t begin, std::size_t end, const QTextCharFormat& format) {
        const int from = unitsBefore(utf8, begin), to = unitsBefore(utf8, end);
        attributes.append(
            {QInputMethodEvent::TextFormat, from - cursorPosition(), to - from, QVariant::fromValue(format)});
    };
    for (const FilterTerm& term :
         splitFilter(std::string_view(utf8.constData(), static_cast<std::size_t>(utf8.size())))) {
        QTextCharFormat key;
        key.setForeground(theme.accent);
        if (term.keyEnd > term.begin)
            add(term.begin, term.keyEnd, key);
        const auto offset = error ? error->where.offset : std::nullopt;
        if (!offset || *offset < term.begin || *offset > term.end)
            continue;
        QTextCharFormat wrong;
        wrong.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        wrong.setUnderlineColor(theme.severity(Severity::Error));
        add(std::max(term.begin, term.keyEnd), term.end, wrong);
    }
    QInputMethodEvent event(QString(), attributes);
    QLineEdit::inputMethodEvent(&event);
    m_colouring = false;
}

void FilterBox::inputMethodEvent(QInputMethodEvent* event) {
    m_composing = !event->preeditString().isEmpty();
    QLineEdit::inputMethodEvent(event);
    if (!m_composing)
        colour();
}

void FilterBox::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
        return;
    }
    if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Escape || event->key() == Qt::Key_Return) {
        emit leaveRequested();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void FilterBox::changeEvent(QEvent* event) {
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_document)
        colour();
}

void FilterBox::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    const bool empty = text().isEmpty();
    const QString shown = empty ? tr("Ctrl+F") : m_count;
    if (shown.isEmpty() || (empty && (hasFocus() || !isEnabled())))
        return;
    QPainter painter(this);
    painter.setFont(style::secondaryFont(font()));
    painter.setPen(style::Theme(palette()).secondary);
    const int right = m_clear->isVisible() ? 30 : 10;
    style::drawNumber(painter, QRectF(rect()).adjusted(0, 0, -right, 0), Qt::AlignRight | Qt::AlignVCenter,
                      shown);
}

} // namespace shardlens::ui
