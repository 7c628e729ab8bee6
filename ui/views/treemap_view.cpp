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
#include <QVBoxLayout>

namespace shardlens::ui {
namespace {

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
    connect(m_colours, &QComboBox::activated, this, [this] {
        m_map->setColorMode(static_cast<ColorMode>(m_colours->currentData().toInt()));
        showLegend();
    });
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
