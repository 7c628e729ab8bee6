// SPDX-License-Identifier: Apache-2.0
// How ValuesGrid is built, and what its menu does.
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/heat_delegate.h"
#include "ui/views/parts/values_grid.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSaveFile>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr int SoonMilliseconds = 20;
constexpr qsizetype MostCopied = 200'000;
constexpr std::uint64_t MostExported = 1'000'000;

/// Exact texts, a line a row.
QString linesOf(const ValueBlock& block, QChar between, const QString& end) {
    QString out;
    for (std::uint64_t row = 0; row < block.rows; ++row)
        for (std::uint64_t column = 0; column < block.columns; ++column) {
            out += block.texts[std::size_t(row * block.columns + column)];
            out += column + 1 < block.columns ? QString(between) : end;
        }
    return out;
}

QToolButton* toolButton(QWidget* parent, const QString& text, const QString& tip) {
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setAutoRaise(true);
    return button;
}

} // namespace

ValuesGrid::ValuesGrid(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_place(new QLineEdit(this))
    , m_before(toolButton(this, QStringLiteral("‹"), tr("Plane before")))
    , m_after(toolButton(this, QStringLiteral("›"), tr("Plane after")))
    , m_problem(new QLabel(this))
    , m_format(new QComboBox(this))
    , m_colour(new QComboBox(this))
    , m_smaller(toolButton(this, QStringLiteral("−"), tr("Smaller cells")))
    , m_larger(toolButton(this, QStringLiteral("+"), tr("Larger cells")))
    , m_more(toolButton(this, {}, tr("Copy and export")))
    , m_menu(new QMenu(this))
    , m_grid(new QTableView(this))
    , m_model(new ValuesModel(this))
    , m_delegate(new HeatDelegate(this))
    , m_footer(new QLabel(this)) {
    m_grid->setModel(m_model);
    m_grid->setItemDelegate(m_delegate);
    m_grid->setAccessibleName(tr("Values"));
    m_grid->setFrameShape(QFrame::NoFrame);
    m_grid->setShowGrid(false);
    m_grid->setCornerButtonEnabled(false);
    m_grid->setTabKeyNavigation(false);
    m_grid->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    m_grid->setHorizontalScrollMode(QAbstractItemView::ScrollPerItem);
    for (auto* header : {m_grid->verticalHeader(), m_grid->horizontalHeader()}) {
        header->setSectionResizeMode(QHeaderView::Fixed);
        header->setSectionsClickable(false);
        header->setFont(style::secondaryFont(font()));
    }
    m_footer->setTextFormat(Qt::PlainText);
    m_footer->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_footer->setContentsMargins(12, 4, 12, 4);
    m_footer->setFont(style::fixedFont(style::secondaryFont(font())));
    m_footer->setAccessibleName(tr("The current value"));
    m_footer->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_grid, 1);
    column->addWidget(m_footer);
    setFocusProxy(m_grid);
    makeMenu();
    m_soon.setSingleShot(true);
    m_soon.setInterval(SoonMilliseconds);
    connect(&m_soon, &QTimer::timeout, this, &ValuesGrid::fetch);
    for (auto* bar : {m_grid->verticalScrollBar(), m_grid->horizontalScrollBar()}) {
        connect(bar, &QScrollBar::valueChanged, this, &ValuesGrid::fetchSoon);
        connect(bar, &QScrollBar::rangeChanged, this, &ValuesGrid::fetchSoon);
    }
    connect(m_grid->selectionModel(), &QItemSelectionModel::currentChanged, this, &ValuesGrid::updateFooter);
    connect(m_model, &QAbstractItemModel::modelReset, this, &ValuesGrid::updateFooter);
    applyZoom();
    updateScale();
}

QWidget* ValuesGrid::makeBar() {
    auto* bar = new QWidget(this);
    bar->setMinimumWidth(260);
    bar->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 4, 8, 4);
    row->setSpacing(4);
    auto* label = new QLabel(tr("Values"), bar);
    auto bold = label->font();
    bold.setWeight(QFont::DemiBold);
    label->setFont(bold);
    label->setBuddy(m_place);
    m_place->setAccessibleName(tr("Slice"));
    m_place->setToolTip(tr("Where to begin, as in [0, 4301:4317, 1680:1692], then Enter"));
    m_place->setFont(style::fixedFont(font()));
    m_place->setMinimumWidth(90);
    m_place->setMaximumWidth(260);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_colour->addItem(tr("Colour: usual"), int(HeatScale::Mode::Signed));
    m_colour->addItem(tr("Colour: sign"), int(HeatScale::Mode::Signed));
    m_colour->addItem(tr("Colour: amount"), int(HeatScale::Mode::Amount));
    m_colour->addItem(tr("No colour"), int(HeatScale::Mode::Off));
    m_colour->setAccessibleName(tr("Colour of the values"));
    m_format->addItem(tr("As: decimal"), int(ValuesModel::Format::Short));
    m_format->addItem(tr("As: exact"), int(ValuesModel::Format::Exact));
    m_format->addItem(tr("As: bits"), int(ValuesModel::Format::Bits));
    m_format->setAccessibleName(tr("How values are written"));
    m_more->setIcon(style::icon(u"copy"));
    connect(m_more, &QToolButton::clicked, this,
            [this] { m_menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height()))); });
    row->addWidget(label);
    row->addWidget(m_place, 1);
    row->addWidget(m_before);
    row->addWidget(m_after);
    row->addWidget(m_smaller);
    row->addWidget(m_larger);
    row->addWidget(m_problem, 1);
    row->addWidget(m_format);
    row->addWidget(m_colour);
    row->addWidget(m_more);
    m_before->hide();
    m_after->hide();
    connect(m_place, &QLineEdit::returnPressed, this, [this] {
        m_place->setModified(false);
        goTo();
    });
    connect(m_before, &QToolButton::clicked, this, [this] { stepPlane(-1); });
    connect(m_after, &QToolButton::clicked, this, [this] { stepPlane(1); });
    connect(m_smaller, &QToolButton::clicked, this, [this] { zoom(-1); });
    connect(m_larger, &QToolButton::clicked, this, [this] { zoom(1); });
    connect(m_colour, &QComboBox::activated, this, &ValuesGrid::updateScale);
    connect(m_format, &QComboBox::activated, this, [this] {
        m_model->setFormat(static_cast<ValuesModel::Format>(m_format->currentData().toInt()));
        applyZoom();
        fetchSoon();
    });
    return bar;
}

void ValuesGrid::makeMenu() {
    auto* copy = m_menu->addAction(tr("Copy as Text"));
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_grid->addAction(copy);
    connect(copy, &QAction::triggered, this, [this] {
        if (const auto text = selectedText(); !text.isEmpty())
            QGuiApplication::clipboard()->setText(text);
    });
    m_menu->addSeparator();
    auto* csv = m_menu->addAction(tr("Export Values as CSV…"));
    connect(csv, &QAction::triggered, this, [this] {
        const auto path = QFileDialog::getSaveFileName(this, tr("Export Values"),
                                                       QStringLiteral("values.csv"), tr("CSV (*.csv)"));
        if (!path.isEmpty())
            exportTo(path);
    });
    auto* png = m_menu->addAction(tr("Export Picture of the Values as PNG…"));
    connect(png, &QAction::triggered, this, [this] {
        const auto path = QFileDialog::getSaveFileName(this, tr("Export Picture"),
                                                       QStringLiteral("values.png"), tr("PNG (*.png)"));
        if (!path.isEmpty() && !picture().save(path, "PNG"))
            say(tr("The picture could not be written"));
    });
    m_grid->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_grid, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { m_menu->popup(m_grid->viewport()->mapToGlobal(at)); });
}

QPixmap ValuesGrid::picture() const {
    return m_grid->grab();
}

/// The rectangle around the selected cells, or what is seen where there is at most one.
ValuesGrid::Area ValuesGrid::chosen() const {
    const auto ranges = m_grid->selectionModel()->selection();
    QRect all;
    for (const auto& range : ranges)
        all |= QRect(QPoint(range.left(), range.top()), QPoint(range.right(), range.bottom()));
    if (all.width() * all.height() <= 1)
        return seen();
    return {m_model->firstRow() + std::uint64_t(all.top()),
            m_model->firstColumn() + std::uint64_t(all.left()), std::uint64_t(all.height()),
            std::uint64_t(all.width())};
}

QString ValuesGrid::selectedText() const {
    auto cells = m_grid->selectionModel()->selectedIndexes();
    if (cells.size() > MostCopied)
        cells.resize(MostCopied);
    std::sort(cells.begin(), cells.end());
    const auto& block = m_model->block();
    QString text;
    int row = -1;
    for (const auto& cell : cells) {
        const auto atRow = m_model->firstRow() + std::uint64_t(cell.row()),
                   atColumn = m_model->firstColumn() + std::uint64_t(cell.column());
        if (row >= 0)
            text += row == cell.row() ? QLatin1Char('\t') : QLatin1Char('\n');
        row = cell.row();
        if (block && block->holds(atRow, atColumn))
            text += block->texts[block->index(atRow, atColumn)];
    }
    return text;
}

void ValuesGrid::exportTo(const QString& path) {
    if (!m_reader)
        return;
    const auto area = chosen();
    if (area.rows * area.columns > MostExported) {
        const auto failure = tr("At most %1 values at a time").arg(style::grouped(MostExported));
        say(failure);
        emit exported(path, failure);
        return;
    }
    m_exporting = m_document->runner()->run<QString>([reader = m_reader, plane = m_model->plane(), area,
                                                      path](const JobContext& context) {
        const auto block = readBlock(*reader, plane, area.row, area.column, area.rows, area.columns, context);
        if (!block)
            return style::message(block.error());
        const auto text = linesOf(**block, QLatin1Char(','), QStringLiteral("\r\n")).toUtf8();
        QSaveFile file(path); // nothing under the name until it is complete
        const bool written =
            file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit();
        return written ? QString() : file.errorString();
    });
    m_exporting->then([this, path](const QString& failure) {
        if (!failure.isEmpty())
            say(failure);
        emit exported(path, failure);
    });
}

} // namespace shardlens::ui
