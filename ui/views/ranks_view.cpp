// SPDX-License-Identifier: Apache-2.0
#include "ui/views/ranks_view.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/empty_state.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace shardlens::ui {
namespace {

constexpr std::size_t MostRows = 4000, FewRows = 80;
constexpr std::uint32_t Deepest = 5, MostColumns = 1024;
constexpr int Automatic = 0;

std::uint32_t automaticDepth(const NameTree& names) {
    std::uint32_t best = 1;
    for (std::uint32_t depth = 1; depth <= Deepest; ++depth)
        if (const auto rows = branchesAtDepth(names, depth, MostRows).size(); rows <= FewRows)
            best = depth;
        else
            break;
    return best;
}

} // namespace

RanksView::RanksView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_grid(new RankGrid(this))
    , m_depth(new QComboBox(this))
    , m_sentence(new QLabel(this))
    , m_nothing(new EmptyState(this))
    , m_content(new QWidget(this))
    , m_stack(new QStackedLayout(this)) {
    m_depth->addItem(tr("Branches, as many as fit"), Automatic);
    for (std::uint32_t depth = 1; depth <= Deepest; ++depth)
        m_depth->addItem(tr("Branches, depth %1").arg(depth), int(depth));
    m_depth->setAccessibleName(tr("Rows"));
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->setSpacing(8);
    auto* label = new QLabel(tr("Rows"), this);
    label->setBuddy(m_depth);
    bar->addWidget(label);
    bar->addWidget(m_depth);
    bar->addSpacing(8);
    bar->addWidget(m_sentence, 1);
    auto* hint = new QLabel(tr("Double-click a cell to filter by it"), this);
    hint->setForegroundRole(QPalette::PlaceholderText);
    hint->setContentsMargins(12, 4, 12, 4);
    auto* column = new QVBoxLayout(m_content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_grid, 1);
    column->addWidget(hint, 0, Qt::AlignRight);
    m_stack->addWidget(m_content);
    m_stack->addWidget(m_nothing);
    setFocusProxy(m_grid);
    connect(m_depth, &QComboBox::activated, this,
            [this] { build(std::uint32_t(m_depth->currentData().toInt())); });
    connect(m_grid, &RankGrid::branchPicked, this,
            [this](const Branch& branch) { m_document->selection()->select(SelectedItem::of(branch)); });
    connect(m_grid, &RankGrid::cellActivated, this, &RanksView::filterBy);
    connect(m_document, &Document::checkpointChanged, this, &RanksView::becomeCheckpoint);
    connect(m_document->selection(), &Selection::changed, this, &RanksView::followSelection);
    becomeCheckpoint();
}

RanksView::~RanksView() = default;

void RanksView::becomeCheckpoint() {
    m_building.reset();
    m_grid->setTable(nullptr, nullptr);
    m_sentence->clear();
    m_nothing->setText({}, {});
    m_stack->setCurrentWidget(m_nothing);
    m_depth->setCurrentIndex(0);
    if (m_document->names())
        build(Automatic);
}

void RanksView::build(std::uint32_t depth) {
    const auto names = m_document->names();
    if (!names)
        return;
    m_building = m_document->runner()->run<Result<RankTablePtr>>(
        [names, depth](const JobContext& context) -> Result<RankTablePtr> {
            const auto rows =
                branchesAtDepth(*names, depth == Automatic ? automaticDepth(*names) : depth, MostRows);
            RankTableOptions options;
            options.maxColumns = MostColumns;
            SHARDLENS_TRY(auto table, rankTable(*names, rows, options, context));
            return std::make_shared<const RankTable>(std::move(table));
        });
    m_building->then([this](const Result<RankTablePtr>& table) {
        if (table)
            showTable(*table);
    });
}

void RanksView::showTable(const RankTablePtr& table) {
    const bool any = table->rankCount > 0;
    m_stack->setCurrentWidget(any ? m_content : m_nothing);
    if (!any) {
        m_nothing->setText(
            tr("No ranks are recorded here"),
            tr("Ordinary files do not say which process wrote them. Files shows where everything lies."));
        return;
    }
    m_grid->setTable(m_document->names(), table);
    m_sentence->setText(balanceSentence(*table));
    followSelection();
}

QString RanksView::balanceSentence(const RankTable& table) const {
    QString text;
    if (const auto uneven = table.imbalance()) {
        const auto& column = table.columns[uneven->column];
        const double more = uneven->mean ? double(uneven->bytes) / double(uneven->mean) - 1 : 0;
        text = tr("Rank %1 holds %2 more than the mean: %3 there, %4 on a rank on average.")
                   .arg(column.firstRank)
                   .arg(style::percentText(more),
                        tr("%1 of %2").arg(style::bytesText(uneven->rowBytes), m_grid->rowTitle(uneven->row)),
                        style::bytesText(uneven->rowMean));
    } else {
        text = tr("%1 ranks hold equal shares, %2 each.")
                   .arg(style::grouped(table.rankCount), style::bytesText(table.mean()));
    }
    if (table.groups > 1)
        text += QLatin1Char(' ') + tr("%1 groups of ranks hold different branches.").arg(table.groups);
    if (table.withoutRank)
        text +=
            QLatin1Char(' ') + tr("%1 lie in files without a rank.").arg(style::bytesText(table.withoutRank));
    return text;
}

void RanksView::followSelection() {
    const auto names = m_document->names();
    const auto& item = m_document->selection()->current();
    std::optional<Branch> branch;
    if (names && item.kind == SelectedItem::Kind::Branch)
        branch = item.branch;
    else if (names && item.isTensor())
        branch = Branch{names->position(item.id), names->position(item.id) + 1, 0};
    m_grid->setSelected(branch);
}

void RanksView::filterBy(quint32 row, quint32 column) {
    const auto& table = *m_grid->table();
    auto name = m_grid->rowTitle(row);
    name.remove(QLatin1Char('"'));
    m_document->setFilterText(
        QStringLiteral("rank:%1 \"%2\"").arg(table.columns[column].firstRank).arg(name));
}

} // namespace shardlens::ui
