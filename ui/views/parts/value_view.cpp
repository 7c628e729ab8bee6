// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/value_view.h"

#include "model/value_json.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/cell_delegate.h"
#include "ui/views/parts/flat_header.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QStackedLayout>
#include <QTreeView>

namespace shardlens::ui {
namespace {

constexpr int OpensAtFirst = 40; ///< children that are shown without asking

} // namespace

ValueView::ValueView(JobRunner* runner, QWidget* parent)
    : QWidget(parent)
    , m_runner(runner)
    , m_model(new ValueModel(this))
    , m_tree(new QTreeView(this))
    , m_text(new QPlainTextEdit(this))
    , m_stack(new QStackedLayout(this)) {
    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new CellDelegate(m_tree));
    m_tree->setHeader(new FlatHeader(m_tree));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setIndentation(14);
    m_tree->header()->setStretchLastSection(true);
    m_tree->header()->resizeSection(ValueModel::Key, 240);
    m_tree->setAccessibleName(tr("Value as a tree"));
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setAccessibleName(tr("Value as text"));
    m_text->setFont(style::fixedFont(font()));
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_text);
    setFocusProxy(m_tree);
    auto* copy = new QAction(tr("Copy Value"), m_tree);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_tree->addAction(copy);
    m_tree->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(copy, &QAction::triggered, this, &ValueView::copy);
}

ValueView::~ValueView() = default;

void ValueView::clear() {
    m_finding.reset();
    m_making.reset();
    m_model->setValue(Value());
    m_text->clear();
    m_textMade = false;
}

void ValueView::setValue(const Value& value) {
    clear();
    m_model->setValue(value);
    m_tree->header()->setVisible(true);
    openFirst();
    if (value.size() == 0)
        setShowsText(true); // a scalar is no tree
    if (showsText())
        makeText();
}

void ValueView::openFirst() {
    int rows = m_model->rowCount();
    for (int row = 0; row < m_model->rowCount() && row < OpensAtFirst; ++row) {
        const auto index = m_model->index(row, 0);
        const auto children = int(std::min<std::size_t>(m_model->valueOf(index).size(), OpensAtFirst));
        if (!m_model->hasChildren(index) || rows + children > OpensAtFirst)
            continue;
        m_tree->expand(index);
        rows += children;
    }
}

bool ValueView::showsText() const {
    return m_stack->currentWidget() == m_text;
}

void ValueView::setShowsText(bool text) {
    m_stack->setCurrentWidget(text ? static_cast<QWidget*>(m_text) : m_tree);
    if (text)
        makeText();
}

void ValueView::makeText() {
    if (m_textMade)
        return;
    m_textMade = true;
    const auto value = m_model->value();
    m_making = m_runner->run<QString>([value](const JobContext& context) {
        Limits limits = *context.limits;
        limits.printedBytes = ShownText;
        if (value.kind() == Value::Kind::String) // text is text, not a quoted line
            return style::plain(value.text(), ShownText).replace(QStringLiteral("\\n"), QStringLiteral("\n"));
        return style::plain(toJson(value, {.indent = 2, .limits = &limits}), ShownText)
            .replace(QStringLiteral("\\n"), QStringLiteral("\n"))
            .replace(QStringLiteral("\\\\"), QStringLiteral("\\"));
    });
    m_making->then([this](const QString& text) { m_text->setPlainText(text); });
}

void ValueView::find(const QString& text, bool forward) {
    if (showsText()) {
        const auto flags = forward ? QTextDocument::FindFlags() : QTextDocument::FindBackward;
        bool any = m_text->find(text, flags);
        if (!any) { // once around
            const auto before = m_text->textCursor();
            m_text->moveCursor(forward ? QTextCursor::Start : QTextCursor::End);
            any = m_text->find(text, flags);
            if (!any)
                m_text->setTextCursor(before);
        }
        emit found(any);
        return;
    }
    const auto value = m_model->value();
    const auto after =
        m_tree->currentIndex().isValid() ? m_model->pathOf(m_tree->currentIndex()) : ValuePath();
    m_finding = m_runner->run<Result<std::optional<ValuePath>>>([=](const JobContext& context) {
        auto path = findInValue(value, text, after, context);
        if (path && !*path && !after.empty())
            path = findInValue(value, text, {}, context);
        return path;
    });
    m_finding->then([this](const Result<std::optional<ValuePath>>& path) {
        const bool any = path && *path;
        if (any) {
            const auto index = m_model->indexOf(**path);
            m_tree->setCurrentIndex(index);
            m_tree->scrollTo(index);
        }
        emit found(any);
    });
}

void ValueView::copy() const {
    const auto index = m_tree->currentIndex();
    const auto value = index.isValid() ? m_model->valueOf(index) : m_model->value();
    Limits limits = defaultLimits();
    limits.printedBytes = ShownText;
    const auto text = value.kind() == Value::Kind::String ? std::string(value.text())
                                                          : toJson(value, {.indent = 2, .limits = &limits});
    QGuiApplication::clipboard()->setText(QString::fromStdString(text));
}

} // namespace shardlens::ui
