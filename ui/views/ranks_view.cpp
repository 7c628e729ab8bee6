// SPDX-License-Identifier: Apache-2.0
#include "ui/views/ranks_view.h"

#include "ui/models/branch_title.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/legend.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr std::size_t MostRows = 4000, FewRows = 80, MostGroupsSaid = 4;
constexpr std::uint32_t Deepest = 5, MostColumns = 1024;
constexpr int Automatic = 0, ScaleSteps = 8;

std::uint32_t automaticDepth(const NameTree& names) {
    std::uint32_t best = 1;
    for (std::uint32_t depth = 1; depth <= Deepest; ++depth)
        if (const auto rows = branchesAtDepth(names, depth, MostRows).size(); rows <= FewRows)
            best = depth;
        else
            break;
    return best;
}

/// Rows that a table can show; a flat list of very many names has one row for all.
Result<RankTablePtr> makeTable(const NameTree& names, RankTable::By by, std::uint32_t depth,
                               const JobContext& context) {
    auto rows = branchesAtDepth(names, depth == Automatic ? automaticDepth(names) : depth, MostRows);
    std::erase_if(rows, [&](const Branch& row) { return names.sums(row).tensors == 0; });
    RankTableOptions options;
    options.by = by;
    options.maxColumns = MostColumns;
    SHARDLENS_TRY(auto table, rankTable(names, rows, options, context));
    return std::make_shared<const RankTable>(std::move(table));
}

bool hasRanks(const Checkpoint& checkpoint) {
    for (std::uint32_t i = 0; i < checkpoint.fileCount(); ++i)
        if (checkpoint.file(FileId(i)).rank)
            return true;
    return false;
}

QComboBox* makeBox(QHBoxLayout* row, const QString& title, QWidget* parent) {
    auto* box = new QComboBox(parent);
    box->setAccessibleName(title);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* label = new QLabel(title, parent);
    label->setBuddy(box);
    row->addWidget(label);
    row->addWidget(box);
    return box;
}

} // namespace

RanksView::RanksView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_grid(new RankGrid(this))
    , m_columns(nullptr)
    , m_depth(nullptr)
    , m_cell(nullptr)
    , m_legend(new Legend(this))
    , m_sentence(new QLabel(this))
    , m_nothing(new EmptyState(this))
    , m_content(new QWidget(this))
    , m_stack(new QStackedLayout(this)) {
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setContentsMargins(12, 0, 12, 4);
    m_legend->setHint(tr("Click a cell or a bar to filter by it"));
    auto* column = new QVBoxLayout(m_content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_sentence);
    column->addWidget(m_grid, 1);
    column->addWidget(m_legend);
    m_stack->addWidget(m_content);
    m_stack->addWidget(m_nothing);
    setFocusProxy(m_grid);
    connect(m_grid, &RankGrid::branchPicked, this,
            [this](const Branch& branch) { m_document->selection()->select(SelectedItem::of(branch)); });
    connect(m_grid, &RankGrid::cellActivated, this, &RanksView::filterBy);
    connect(m_grid, &RankGrid::columnActivated, this,
            [this](quint32 index) { filterBy(std::nullopt, index); });
    connect(m_document, &Document::checkpointChanged, this, &RanksView::becomeCheckpoint);
    connect(m_document->selection(), &Selection::changed, this, &RanksView::followSelection);
    becomeCheckpoint();
}

RanksView::~RanksView() = default;

QWidget* RanksView::makeBar() {
    auto* bar = new QWidget(m_content);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(8);
    m_columns = makeBox(row, tr("Columns"), bar);
    m_depth = makeBox(row, tr("Rows"), bar);
    m_depth->addItem(tr("Branches, as many as fit"), Automatic);
    for (std::uint32_t depth = 1; depth <= Deepest; ++depth)
        m_depth->addItem(tr("Branches, depth %1").arg(depth), int(depth));
    m_cell = makeBox(row, tr("Cell"), bar);
    m_cell->addItem(tr("Bytes, root scale"), int(RankGrid::Scale::Root));
    m_cell->addItem(tr("Bytes, linear"), int(RankGrid::Scale::Linear));
    row->addStretch();
    for (auto* box : {m_columns, m_depth})
        connect(box, &QComboBox::activated, this, &RanksView::build);
    connect(m_cell, &QComboBox::activated, this, [this] {
        m_grid->setScale(static_cast<RankGrid::Scale>(m_cell->currentData().toInt()));
        showScale();
    });
    return bar;
}

void RanksView::becomeCheckpoint() {
    m_building.reset();
    m_grid->setTable(nullptr, nullptr);
    m_sentence->clear();
    m_nothing->setText({}, {});
    m_stack->setCurrentWidget(m_nothing);
    m_depth->setCurrentIndex(0);
    m_columns->clear();
    const auto checkpoint = m_document->checkpoint();
    if (!checkpoint)
        return;
    if (hasRanks(*checkpoint))
        m_columns->addItem(tr("Ranks"), int(RankTable::By::Rank));
    m_columns->addItem(tr("Files"), int(RankTable::By::File));
    build();
}

void RanksView::build() {
    const auto names = m_document->names();
    if (!names)
        return;
    const auto by = static_cast<RankTable::By>(m_columns->currentData().toInt());
    const auto depth = std::uint32_t(m_depth->currentData().toInt());
    m_building = m_document->runner()->run<Result<RankTablePtr>>(
        [names, by, depth](const JobContext& context) { return makeTable(*names, by, depth, context); });
    m_building->then([this](const Result<RankTablePtr>& table) {
        if (table)
            showTable(*table);
    });
}

void RanksView::showTable(const RankTablePtr& table) {
    const bool any = table->count > 0 && !table->rows.empty();
    m_stack->setCurrentWidget(any ? m_content : m_nothing);
    if (!any) {
        m_nothing->setText(tr("Nothing to compare"), tr("This checkpoint has no tensors in files."));
        return;
    }
    const auto title = table->by == RankTable::By::Rank ? tr("Ranks (%1)") : tr("Files (%1)");
    m_columns->setItemText(m_columns->currentIndex(), title.arg(style::grouped(table->count)));
    m_grid->setTable(m_document->names(), table);
    m_sentence->setText(balanceSentence(*table));
    showScale();
    followSelection();
}

void RanksView::showScale() {
    LegendScale scale;
    const auto& table = m_grid->table();
    if (!table)
        return;
    std::uint64_t least = m_grid->most();
    for (const auto bytes : table->cells)
        if (bytes > 0)
            least = std::min(least, bytes);
    for (int step = 0; step <= ScaleSteps; ++step) // even steps of what is drawn
        scale.colors.append(m_grid->colorOf(
            std::max<std::uint64_t>(1, std::uint64_t(double(m_grid->most()) * step / ScaleSteps))));
    scale.none = m_grid->colorOf(0);
    scale.low = style::bytesText(least);
    scale.high = style::bytesText(m_grid->most());
    m_legend->setScale(scale);
}

QString RanksView::balanceSentence(const RankTable& table) const {
    const bool files = table.by == RankTable::By::File;
    QStringList text;
    if (table.count == 1)
        text << (files ? tr("Everything is in one file.") : tr("One rank holds everything."));
    else if (const auto uneven = table.imbalance())
        text << causeSentence(table, *uneven);
    else
        text << (files ? tr("%1 files of equal size, %2 each.") : tr("%1 ranks hold equal shares, %2 each."))
                    .arg(style::grouped(table.count), style::bytesText(table.mean()));
    if (!files)
        text << groupsSentence(table);
    if (table.withoutRank)
        text << tr("%1 lie in files without a rank.").arg(style::bytesText(table.withoutRank));
    text.removeAll(QString());
    return text.join(QLatin1Char(' '));
}

/// Who holds most, and the tensor that explains it.
QString RanksView::causeSentence(const RankTable& table, const RankTable::Imbalance& uneven) const {
    auto who = m_grid->columnTitle(uneven.column);
    if (!who.isEmpty() && table.by == RankTable::By::Rank)
        who[0] = who[0].toUpper();
    const double more = uneven.mean ? double(uneven.bytes) / double(uneven.mean) - 1 : 0;
    const auto branch = m_grid->rowTitle(uneven.row);
    auto text = tr("%1 holds %2 more than the mean: %3 of %4 there, %5 on average.")
                    .arg(who, style::percentText(more), style::bytesText(uneven.rowBytes), branch,
                         style::bytesText(uneven.rowMean));
    if (!table.cause)
        return text;
    const auto tensor = m_document->checkpoint()->tensor(table.cause->tensor);
    const auto name = style::plain(tensor.name(), 120);
    if (table.cause->slices == 1)
        text +=
            QLatin1Char(' ') + tr("%1 (%2) is one slice.").arg(name, style::bytesText(table.cause->bytes));
    else
        text += QLatin1Char(' ') +
                tr("Of %1, cut in %2, it has %3.")
                    .arg(name, style::grouped(table.cause->slices), style::bytesText(table.cause->bytes));
    return text;
}

/// A group is a set of ranks that hold slices of the same branches: what each of the first few holds.
QString RanksView::groupsSentence(const RankTable& table) const {
    if (!m_grid->showsGroups())
        return {};
    if (table.groups > MostGroupsSaid)
        return tr("%1 groups of ranks hold different branches.").arg(table.groups);
    QStringList parts;
    for (std::uint32_t group = 0; group < table.groups; ++group) {
        std::uint32_t ranks = 0, branches = 0;
        std::optional<std::size_t> member;
        for (std::size_t column = 0; column < table.columns.size(); ++column)
            if (table.columns[column].group == group) {
                ranks += table.columns[column].count;
                member = member.value_or(column);
            }
        for (std::size_t row = 0; member && row < table.rows.size(); ++row)
            branches += table.cell(row, *member) > 0 ? 1 : 0;
        const auto size = ranks == 1 ? tr("1 rank") : tr("%1 ranks").arg(ranks);
        parts << tr("group %1: %2, %3 branches").arg(QChar(char16_t(u'A' + group))).arg(size).arg(branches);
    }
    return tr("Groups hold the same branches: %1.").arg(parts.join(QStringLiteral("; ")));
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

/// The same again takes the filter away.
void RanksView::filterBy(std::optional<quint32> row, quint32 column) {
    const auto& table = *m_grid->table();
    const auto& chosen = table.columns[column];
    QString text;
    if (table.by == RankTable::By::File) {
        const auto& path = m_document->checkpoint()->file(FileId(chosen.first)).path;
        text = QStringLiteral("file:%1").arg(quotedForFilter(path));
    } else if (chosen.count == 1) {
        text = QStringLiteral("rank:%1").arg(chosen.first);
    } else {
        text = QStringLiteral("rank>=%1 rank<=%2").arg(chosen.first).arg(chosen.last);
    }
    if (row)
        if (const auto branch = branchFilter(*m_document->names(), table.rows[*row].branch);
            !branch.isEmpty())
            text += QLatin1Char(' ') + branch;
    m_document->setFilterText(m_document->filterText() == text ? QString() : text);
}

} // namespace shardlens::ui
