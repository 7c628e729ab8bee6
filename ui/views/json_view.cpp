// SPDX-License-Identifier: Apache-2.0
#include "ui/views/json_view.h"

#include "ui/style/icons.h"
#include "ui/style/text.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/value_view.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace shardlens::ui {
namespace {

constexpr int MostListed = 500; ///< entries in the box; others are shown when they are selected
constexpr int MetadataItem = -1;

} // namespace

JsonView::JsonView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_documents(new QComboBox(this))
    , m_find(new QLineEdit(this))
    , m_notFound(new QLabel(tr("not found"), this))
    , m_asText(new QToolButton(this))
    , m_value(new ValueView(document->runner(), this))
    , m_nothing(new EmptyState(this))
    , m_stack(new QStackedLayout) {
    m_documents->setAccessibleName(tr("Document"));
    m_documents->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_documents->setMinimumContentsLength(28);
    m_find->setPlaceholderText(tr("Find"));
    m_find->setAccessibleName(tr("Find in the document"));
    m_find->setClearButtonEnabled(true);
    m_find->setMaximumWidth(260);
    m_notFound->hide();
    m_asText->setText(tr("Text"));
    m_asText->setCheckable(true);
    m_asText->setAutoRaise(true);
    m_asText->setToolTip(tr("Show as text instead of a tree"));
    const auto button = [this](QStringView icon, const QString& name, bool forward) {
        auto* made = new QToolButton(this);
        made->setIcon(style::icon(icon));
        made->setAutoRaise(true);
        made->setToolTip(name);
        made->setAccessibleName(name);
        connect(made, &QToolButton::clicked, this,
                [this, forward] { m_value->find(m_find->text(), forward); });
        return made;
    };
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 8, 6);
    bar->addWidget(m_documents);
    bar->addWidget(m_asText);
    bar->addStretch();
    bar->addWidget(m_notFound);
    bar->addWidget(m_find);
    bar->addWidget(button(u"up", tr("Find previous"), false));
    bar->addWidget(button(u"down", tr("Find next"), true));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addLayout(m_stack, 1);
    m_stack->addWidget(m_value);
    m_stack->addWidget(m_nothing);
    setFocusProxy(m_value);

    connect(m_documents, &QComboBox::currentIndexChanged, this, &JsonView::showChosen);
    connect(m_asText, &QToolButton::toggled, m_value, &ValueView::setShowsText);
    connect(m_find, &QLineEdit::returnPressed, this, [this] { m_value->find(m_find->text()); });
    connect(m_find, &QLineEdit::textEdited, m_notFound, &QWidget::hide);
    connect(m_value, &ValueView::found, this, [this](bool any) { m_notFound->setVisible(!any); });
    connect(m_document, &Document::checkpointChanged, this, &JsonView::becomeCheckpoint);
    connect(m_document->selection(), &Selection::changed, this, &JsonView::followSelection);
    auto* find = new QAction(this);
    find->setShortcut(QKeySequence::FindNext);
    find->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QAction::triggered, this, [this] { m_value->find(m_find->text()); });
    addAction(find);
    becomeCheckpoint();
}

JsonView::~JsonView() = default;

void JsonView::becomeCheckpoint() {
    m_reading.reset();
    m_value->clear();
    m_notFound->hide();
    const auto checkpoint = m_document->checkpoint();
    {
        const QScopedValueRollback updating(m_updating, true);
        m_documents->clear();
        if (checkpoint && checkpoint->metadata().size() > 0)
            m_documents->addItem(style::icon(u"braces"), tr("metadata"), MetadataItem);
        for (std::uint32_t i = 0;
             checkpoint && i < checkpoint->entryCount() && m_documents->count() < MostListed; ++i)
            if (checkpoint->entry(EntryId(i)).kind != EntryRecord::Kind::Binary)
                m_documents->addItem(style::icon(u"file"),
                                     style::plain(checkpoint->entry(EntryId(i)).name, 120), int(i));
    }
    m_documents->setEnabled(m_documents->count() > 0);
    m_nothing->setText(checkpoint ? tr("No documents") : QString(),
                       checkpoint ? tr("This checkpoint has no config, index or metadata.") : QString());
    showChosen();
}

void JsonView::showChosen() {
    if (m_updating)
        return;
    const auto chosen = m_documents->currentData();
    const auto checkpoint = m_document->checkpoint();
    m_stack->setCurrentWidget(chosen.isValid() ? static_cast<QWidget*>(m_value) : m_nothing);
    if (!chosen.isValid() || !checkpoint)
        return;
    if (chosen.toInt() == MetadataItem) {
        m_reading.reset();
        m_value->setValue(checkpoint->metadata());
        return;
    }
    const auto entry = EntryId(static_cast<std::uint32_t>(chosen.toInt()));
    showEntry(entry);
    const QScopedValueRollback updating(m_updating, true);
    m_document->selection()->select(SelectedItem::entry(entry));
}

void JsonView::showEntry(EntryId entry) {
    const auto checkpoint = m_document->checkpoint();
    m_value->clear();
    m_stack->setCurrentWidget(m_value);
    m_reading = m_document->runner()->run<Result<Value>>(
        [checkpoint, entry](const JobContext&) { return checkpoint->value(entry); });
    m_reading->then([this](const Result<Value>& value) {
        if (!value)
            return showFailure(value.error());
        m_value->setShowsText(m_asText->isChecked());
        m_value->setValue(*value);
    });
}

void JsonView::showFailure(const Error& error) {
    m_nothing->setText(style::message(error), style::advice(error));
    m_stack->setCurrentWidget(m_nothing);
}

void JsonView::followSelection() {
    const auto entry = m_document->selection()->current().entryId();
    if (m_updating || !entry.valid() || !m_document->checkpoint())
        return;
    const QScopedValueRollback updating(m_updating, true);
    const int at = m_documents->findData(int(entry.value()));
    m_documents->setCurrentIndex(at);
    if (at < 0)
        m_documents->setPlaceholderText(style::plain(m_document->checkpoint()->entry(entry).name, 120));
    showEntry(entry);
}

} // namespace shardlens::ui
