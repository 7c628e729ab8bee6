// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/plan_notes.h"

#include "io/rules.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {

namespace {

constexpr int MaxHeight = 132;
constexpr std::size_t MaxNamed = 4;
constexpr std::size_t MaxRows = 200; ///< nobody reads more, and rows are widgets

QString excludeText(std::size_t tensors) {
    return tensors == 1 ? PlanNotes::tr("Exclude this tensor")
                        : PlanNotes::tr("Exclude these %1 tensors").arg(style::grouped(tensors));
}

QLabel* wrapped(const QString& text) {
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

/// Something stands where the plan wants to write, and consent would do.
bool isTaken(std::string_view rule) {
    return rule == rules::TargetExists.id || rule == "convert.target-not-empty";
}

/// Grows with its content up to a few lines, then scrolls.
class LowScroll : public QScrollArea {
public:
    QSize sizeHint() const override {
        const int wanted = widget() ? widget()->heightForWidth(qMax(200, viewport()->width())) : 0;
        return {400, qBound(0, qMax(wanted, widget() ? widget()->sizeHint().height() : 0) + 2, MaxHeight)};
    }
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }
};

} // namespace

PlanNotes::PlanNotes(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(6);
    m_rows = all;
    m_buttons = new QWidget;
    auto* buttons = new QHBoxLayout(m_buttons);
    buttons->setContentsMargins(0, 0, 0, 0);
    m_exclude = new QPushButton;
    m_exclude->setAutoDefault(false);
    m_replace = new QPushButton(tr("Replace what it replaces"));
    m_replace->setAutoDefault(false);
    m_replace->setToolTip(tr("Earlier shards and index of the same names go once "
                             "the new ones are complete"));
    buttons->addWidget(m_exclude);
    buttons->addWidget(m_replace);
    buttons->addStretch(1);
    all->addWidget(m_buttons);
    connect(m_exclude, &QPushButton::clicked, this, [this] { emit excludeRequested(m_names); });
    connect(m_replace, &QPushButton::clicked, this, &PlanNotes::replaceRequested);
    clear();
    hide();
}

void PlanNotes::clear() {
    delete m_rowBox;
    auto* scroll = new LowScroll;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* content = new QWidget;
    auto* grid = new QGridLayout(content);
    grid->setContentsMargins(12, 8, 12, 8);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::AlternateBase);
    scroll->setWidget(content);
    m_rowBox = scroll;
    m_rows->insertWidget(0, scroll);
    m_buttons->hide();
    m_exclude->hide();
    m_replace->hide();
    m_names.clear();
    m_noteButtons.clear();
}

void PlanNotes::addRow(const PlanNote& note, bool offersExclusion) {
    auto* grid = static_cast<QGridLayout*>(static_cast<QScrollArea*>(m_rowBox)->widget()->layout());
    const int row = grid->rowCount();
    QString text = note.sentence;
    if (!note.place.isEmpty() && !text.contains(note.place))
        text += QStringLiteral(" (%1)").arg(note.place);
    if (!note.tensors.empty()) {
        QStringList named;
        for (std::size_t index = 0; index < std::min(note.tensors.size(), MaxNamed); ++index)
            named << style::plain(note.tensors[index], 80);
        if (note.tensors.size() > MaxNamed)
            named << tr("%1 more").arg(style::grouped(note.tensors.size() - MaxNamed));
        text += QLatin1Char('\n') + named.join(QStringLiteral(", "));
    }
    grid->addWidget(new style::Glyph(note.severity, 15), row, 0, Qt::AlignTop);
    QLabel* label = wrapped(text);
    label->setToolTip(style::toolTip(note.advice));
    grid->addWidget(label, row, 1);
    if (!offersExclusion || note.severity != Severity::Error || note.tensors.empty())
        return;
    auto* exclude = new QPushButton(excludeText(note.tensors.size()));
    exclude->setAutoDefault(false);
    exclude->setAccessibleDescription(note.sentence);
    connect(exclude, &QPushButton::clicked, this,
            [this, names = note.tensors] { emit excludeRequested(names); });
    grid->addWidget(exclude, row, 2, Qt::AlignTop);
    m_noteButtons.push_back(exclude);
}

void PlanNotes::setDigest(const PlanDigestPtr& digest) {
    clear();
    const auto several = std::count_if(digest->notes.begin(), digest->notes.end(), [](const PlanNote& note) {
        return note.severity == Severity::Error && !note.tensors.empty();
    });
    for (std::size_t index = 0; index < std::min(digest->notes.size(), MaxRows); ++index)
        addRow(digest->notes[index], several > 1);
    m_names = digest->blockingTensors();
    m_exclude->setText(several > 1 ? tr("Exclude all %1 tensors").arg(style::grouped(m_names.size()))
                                   : excludeText(m_names.size()));
    m_exclude->setVisible(!m_names.empty());
    bool exists = false;
    for (const PlanNote& note : digest->notes)
        exists = exists || (note.severity == Severity::Error && isTaken(note.rule));
    m_replace->setVisible(exists && !digest->options.force);
    m_buttons->setVisible(!m_names.empty() || (exists && !digest->options.force));
    setVisible(!digest->notes.empty());
    updateGeometry();
}

void PlanNotes::setError(const Error& error) {
    clear();
    PlanNote note;
    note.sentence = style::message(error);
    note.place = style::place(error.where);
    note.advice = style::advice(error);
    addRow(note, false);
    show();
    updateGeometry();
}

void PlanNotes::setProblem(const QString& sentence) {
    clear();
    PlanNote note;
    note.severity = Severity::Info;
    note.sentence = sentence;
    addRow(note, false);
    show();
    updateGeometry();
}

QString PlanNotes::text() const {
    QStringList texts;
    for (const QLabel* label : m_rowBox->findChildren<QLabel*>())
        texts << label->text();
    return texts.join(QLatin1Char('\n'));
}

} // namespace shardlens::ui
