// SPDX-License-Identifier: Apache-2.0
#include "ui/views/treemap_view.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"
#include "ui/views/maps/treemap.h"
#include "ui/views/parts/legend.h"
#include "ui/views/parts/link_button.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace shardlens::ui {
namespace {

constexpr int ShadeRole = Qt::UserRole + 1;
constexpr int MostSteps = 5; ///< of the way; the middle of a longer one is left out

} // namespace

TreemapView::TreemapView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_map(new Treemap(document->runner(), this))
    , m_way(new QHBoxLayout)
    , m_hint(new QLabel(tr("double-click a branch to enter"), this))
    , m_colours(new QComboBox(this))
    , m_legend(new Legend(this)) {
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    for (const auto mode :
         {ColorMode::Role, ColorMode::DType, ColorMode::Shard, ColorMode::Branch, ColorMode::Finding})
        m_colours->addItem(colorModeTitle(mode), int(mode));
    m_colours->insertSeparator(m_colours->count());
    for (const auto shade :
         {StatisticShade::Std, StatisticShade::Rms, StatisticShade::AbsMax, StatisticShade::Zeros}) {
        m_colours->addItem(shadeTitle(shade), int(ColorMode::Statistic));
        m_colours->setItemData(m_colours->count() - 1, int(shade), ShadeRole);
    }
    m_colours->setAccessibleName(tr("Colour by"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 8, 6);
    bar->setSpacing(8);
    bar->addLayout(m_way);
    bar->addWidget(m_hint);
    bar->addStretch();
    auto* label = new QLabel(tr("Colour"), this);
    label->setBuddy(m_colours);
    bar->addWidget(label);
    bar->addWidget(m_colours);
    auto* middle = new QHBoxLayout;
    middle->setContentsMargins(8, 0, 8, 4);
    middle->addWidget(m_map);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addLayout(middle, 1);
    column->addWidget(m_legend);
    setFocusProxy(m_map);
    connect(m_colours, &QComboBox::activated, this, &TreemapView::chooseColours);
    connect(m_document->statistics(), &StatisticsStore::changed, this, &TreemapView::offerShades);
    connect(m_map, &Treemap::picked, this, &TreemapView::pick);
    connect(m_map, &Treemap::rootChanged, this, &TreemapView::showWay);
    connect(m_document, &Document::checkpointChanged, this, &TreemapView::becomeCheckpoint);
    connect(m_document, &Document::filterChanged, this, &TreemapView::becomeFilter);
    connect(m_document->selection(), &Selection::changed, this, &TreemapView::followSelection);
    becomeCheckpoint();
}

TreemapView::~TreemapView() = default;

void TreemapView::becomeCheckpoint() {
    m_marking.reset();
    const auto names = m_document->names();
    m_map->setFilter(m_document->filter());
    m_map->setNames(names);
    offerShades();
    showLegend();
    followSelection();
    if (!names || names->checkpoint()->findings().empty())
        return;
    m_marking = m_document->runner()->run<Result<FindingMarksPtr>>(
        [names](const JobContext& context) { return FindingMarks::build(*names, context); });
    m_marking->then([this](const Result<FindingMarksPtr>& marks) {
        if (marks)
            m_map->setMarks(*marks);
    });
}

void TreemapView::chooseColours() {
    const auto mode = static_cast<ColorMode>(m_colours->currentData().toInt());
    m_map->setColorMode(mode);
    if (mode == ColorMode::Statistic)
        makeShades();
    showLegend();
}

/// Statistics can be chosen once there are some.
void TreemapView::offerShades() {
    const bool there = m_document->statistics()->table()->size > 0;
    const bool chosen = m_map->colorMode() == ColorMode::Statistic;
    auto* items = qobject_cast<QStandardItemModel*>(m_colours->model());
    for (int i = 0; items && i < m_colours->count(); ++i)
        if (m_colours->itemData(i, ShadeRole).isValid()) {
            items->item(i)->setEnabled(there);
            items->item(i)->setToolTip(there ? QString() : tr("Compute them in the tab Statistics first"));
        }
    if (there && chosen) {
        makeShades();
    } else if (chosen) {
        m_shading.reset();
        m_colours->setCurrentIndex(0);
        m_map->setShades(nullptr);
        chooseColours();
    }
}

/// In a worker, one after the other while figures arrive.
void TreemapView::makeShades() {
    const auto checkpoint = m_document->checkpoint();
    m_stale = m_shading && m_document->statistics()->isRunning();
    if (!checkpoint || m_stale)
        return;
    const auto shade = static_cast<StatisticShade>(m_colours->currentData(ShadeRole).toInt());
    m_shading = m_document->runner()->run<StatisticShadesPtr>(
        [table = m_document->statistics()->table(), count = checkpoint->tensorCount(),
         shade](const JobContext&) { return std::make_shared<const StatisticShades>(*table, count, shade); });
    m_shading->then([this, checkpoint](const StatisticShadesPtr& shades) {
        m_shading.reset();
        if (checkpoint != m_document->checkpoint() || m_map->colorMode() != ColorMode::Statistic)
            return;
        m_map->setShades(shades);
        showLegend();
        if (m_stale)
            makeShades();
    });
}

void TreemapView::becomeFilter() {
    m_map->setFilter(m_document->filter());
    showLegend();
}

void TreemapView::followSelection() {
    const auto names = m_document->names();
    const auto& item = m_document->selection()->current();
    std::optional<Branch> selected;
    if (names && item.kind == SelectedItem::Kind::Branch)
        selected = item.branch;
    else if (names && (item.isTensor() || item.kind == SelectedItem::Kind::Entry)) {
        const auto index = item.isTensor() ? item.id : names->checkpoint()->tensorCount() + item.id;
        const auto position = names->position(index);
        selected = Branch{position, position + 1, 0};
    }
    m_map->setSelected(selected);
}

void TreemapView::pick(const Branch& branch) {
    const auto names = m_document->names();
    if (!names)
        return;
    const auto item = names->item(branch.begin);
    if (!names->isLeaf(branch))
        m_document->selection()->select(SelectedItem::of(branch));
    else if (names->isTensor(item))
        m_document->selection()->select(SelectedItem::tensor(names->tensor(item)));
    else
        m_document->selection()->select(SelectedItem::entry(names->entry(item)));
}

void TreemapView::showWay() {
    clearLayout(m_way);
    const auto names = m_document->names();
    m_hint->setVisible(names != nullptr);
    if (!names)
        return;
    const auto step = [this](const QString& text, const Branch& branch, bool last) {
        QWidget* made = nullptr;
        if (last) {
            auto* label = new QLabel(this);
            label->setTextFormat(Qt::PlainText);
            label->setText(text);
            auto bold = label->font();
            bold.setWeight(QFont::DemiBold);
            label->setFont(bold);
            made = label;
        } else {
            auto* link = new LinkButton(text, this);
            connect(link, &QAbstractButton::clicked, m_map, [this, branch] { m_map->setRoot(branch); });
            made = link;
        }
        m_way->addWidget(made);
        if (!last)
            m_way->addWidget(new QLabel(QStringLiteral("›"), this));
    };
    const auto root = m_map->root();
    std::vector<Branch> path;
    if (root != names->root())
        for (const auto& part : names->pathTo(names->item(root.begin)))
            if (part.depth <= root.depth)
                path.push_back(part);
    step(style::plain(names->checkpoint()->facts().name, 60), names->root(), path.empty());
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path.size() > MostSteps && i > 1 && i + 2 < path.size())
            continue;
        step(style::plain(names->label(path[i]), 48), path[i], i + 1 == path.size());
    }
}

void TreemapView::showLegend() {
    m_legend->setItems(m_map->legend());
}

} // namespace shardlens::ui
