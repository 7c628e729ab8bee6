// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/filter_hint.h"

#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace shardlens::ui {

FilterHint::FilterHint(Document* document, QWidget* box)
    : QFrame(box->window())
    , m_document(document)
    , m_box(box) {
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_glyph = new style::Glyph(Severity::Error);
    m_message = new QLabel;
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    m_more = new style::QuietLabel;
    m_more->setElide(Qt::ElideMiddle);
    m_drop = new QPushButton;
    m_clear = new QPushButton(tr("Clear filter"));
    connect(m_drop, &QPushButton::clicked, this, [this] { m_document->setFilterText(m_without); });
    connect(m_clear, &QPushButton::clicked, this, [this] { m_document->setFilterText({}); });
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_drop);
    buttons->addWidget(m_clear);
    buttons->addStretch(1);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(12, 10, 12, 10);
    grid->setColumnStretch(1, 1);
    grid->addWidget(m_glyph, 0, 0, Qt::AlignTop);
    grid->addWidget(m_message, 0, 1);
    grid->addWidget(m_more, 1, 1);
    grid->addLayout(buttons, 2, 1);
    connect(m_document, &Document::filterTextChanged, this, &FilterHint::refresh);
    connect(m_document, &Document::filterChanged, this, &FilterHint::refresh);
    connect(m_document, &Document::checkpointChanged, this, &FilterHint::refresh);
    m_box->installEventFilter(this);
    m_box->window()->installEventFilter(this);
    hide();
}

QString FilterHint::message() const {
    return isHidden() ? QString() : m_message->text();
}

void FilterHint::refresh() {
    const FilterResultPtr result = m_document->filter();
    if (m_document->isOpen() && m_document->filterError())
        showError(*m_document->filterError());
    else if (result && !result->matchesAll() && result->total().tensors == 0 &&
             result->total().entries == 0 && !m_saidElsewhere())
        showNothing(*result);
    else {
        hide();
        return;
    }
    place();
    show();
    raise();
}

void FilterHint::showError(const Error& error) {
    m_glyph->setSeverity(Severity::Error);
    const QString advice = style::advice(error);
    m_message->setText(advice.isEmpty() ? style::message(error)
                                        : style::message(error) + QLatin1Char(' ') + advice);
    const FilterResultPtr result = m_document->filter();
    const QString last = result ? style::plain(result->filter().text()) : QString();
    m_more->setText(last.isEmpty() ? tr("Until it can be read, nothing is filtered.")
                                   : tr("Until it can be read, the last good one stays: %1").arg(last));
    m_more->show();
    m_drop->hide();
    m_clear->hide();
}

void FilterHint::showNothing(const FilterResult& result) {
    m_glyph->setSeverity(Severity::Info);
    const Filter& filter = result.filter();
    m_message->setText(tr("Nothing matches %1").arg(style::plain(filter.text())));
    const auto& terms = filter.terms();
    const bool helps = result.termToDrop() < terms.size() && terms.size() > 1;
    if (helps) {
        const FilterTerm& term = terms[result.termToDrop()];
        std::string rest = filter.text();
        const std::string dropped = rest.substr(term.begin, term.end - term.begin);
        rest.erase(term.begin, term.end - term.begin);
        m_without = QString::fromStdString(rest).simplified();
        m_more->setText(tr("%1 tensors would match without %2")
                            .arg(style::grouped(result.tensorsWithoutTerm()), style::plain(dropped)));
        m_drop->setText(tr("Drop %1").arg(style::plain(dropped, 40)));
    }
    m_more->setVisible(helps);
    m_drop->setVisible(helps);
    m_clear->show();
}

void FilterHint::place() {
    const int width = qMax(m_box->width(), 320);
    setFixedWidth(width);
    const int height =
        layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width) : sizeHint().height();
    resize(width, height);
    const QPoint below = m_box->mapTo(m_box->window(), QPoint(m_box->width() - width, m_box->height() + 4));
    move(qMax(0, below.x()), below.y());
}

bool FilterHint::eventFilter(QObject* watched, QEvent* event) {
    if (!isHidden() && (event->type() == QEvent::Resize || event->type() == QEvent::Move))
        place();
    return QFrame::eventFilter(watched, event);
}

} // namespace shardlens::ui
