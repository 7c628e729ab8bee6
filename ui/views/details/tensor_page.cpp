// SPDX-License-Identifier: Apache-2.0
#include "ui/views/details/tensor_page.h"

#include "ui/style/icons.h"
#include "ui/style/text.h"
#include "ui/views/maps/slice_map.h"
#include "ui/views/parts/anatomy_panel.h"
#include "ui/views/parts/statistics_panel.h"
#include "ui/views/parts/table.h"

#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr std::uint32_t SlicesAtOnce = 2000; ///< more are looked at in a worker
constexpr int MostFindings = 12, MostTies = 12, MostFacts = 40, TableRows = 12;

} // namespace

TensorPage::TensorPage(Document* document, QWidget* parent)
    : DetailsPage(document, parent)
    , m_name(new NameLabel(content()))
    , m_line(new ShapeLine(content()))
    , m_slicesHeader(new SectionHeader(tr("Slices"), content()))
    , m_map(new SliceMap(SliceMap::Look::Compact, content()))
    , m_findings(new QWidget(content()))
    , m_extra(new QVBoxLayout)
    , m_facts(new FactGrid(content()))
    , m_tableHeader(new SectionHeader(tr("Byte ranges"), content()))
    , m_table(new Table(content()))
    , m_model(new SlicesModel(this))
    , m_anatomy(new AnatomyPanel(document, content()))
    , m_statistics(new StatisticsPanel(document, content())) {
    auto* expand = new QToolButton(content());
    expand->setIcon(style::icon(u"expand"));
    expand->setAutoRaise(true);
    expand->setToolTip(tr("Show the slices large"));
    expand->setAccessibleName(tr("Show the slices large"));
    m_slicesHeader->addButton(expand);
    connect(expand, &QToolButton::clicked, this, &TensorPage::slicesWanted);
    auto* findings = new QVBoxLayout(m_findings);
    findings->setContentsMargins(0, 0, 0, 0);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Slices"));
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (const int column :
         {SlicesModel::Offset, SlicesModel::Size, SlicesModel::Bytes, SlicesModel::End, SlicesModel::File})
        m_table->setColumnHidden(column, true);
    column()->addWidget(m_name);
    column()->addWidget(m_line);
    addLine();
    column()->addWidget(m_findings);
    column()->addWidget(m_slicesHeader);
    column()->addWidget(m_map);
    m_extra->addWidget(m_statistics);
    column()->addLayout(m_extra);
    column()->addWidget(m_tableHeader);
    column()->addWidget(m_table);
    column()->addWidget(m_anatomy);
    column()->addWidget(new SectionHeader(tr("Facts"), content()));
    column()->addWidget(m_facts);
    column()->addStretch();
    connect(m_map, &SliceMap::sliceActivated, this, &TensorPage::slicesWanted);
    connect(m_map, &SliceMap::currentSliceChanged, this, [this] {
        if (m_updating || !m_map->currentSlice())
            return;
        const QScopedValueRollback updating(m_updating, true);
        m_table->setCurrentIndex(m_model->index(int(*m_map->currentSlice()), 0));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                if (!index.isValid())
                    return;
                showSlice(std::uint32_t(index.row()));
                if (m_updating)
                    return;
                const QScopedValueRollback updating(m_updating, true);
                m_map->setCurrentSlice(std::uint32_t(index.row()));
            });
}

TensorPage::~TensorPage() = default;

void TensorPage::clear() {
    m_cutting.reset();
    m_tensor = {};
    m_map->clear();
    m_model->clear();
    m_anatomy->setSlice(std::nullopt);
    m_statistics->setTensor({});
    m_facts->setFacts({});
    clearLayout(m_findings->layout());
}

void TensorPage::showTensor(TensorId id) {
    const auto checkpoint = document()->checkpoint();
    if (!checkpoint || id == m_tensor)
        return;
    clear();
    m_tensor = id;
    const auto tensor = checkpoint->tensor(id);
    m_name->setName(tensor.name().empty() ? tr("(the empty name)") : style::plain(tensor.name()));
    m_line->set(
        tensor.dtype(), style::plain(tensor.dtypeName(), 32), style::shapeText(tensor.shape()),
        {style::parametersText(tensor.elements()), style::bytesText(tensor.bytes())},
        tr("%1 values, %2").arg(style::grouped(tensor.elements()), style::exactBytes(tensor.bytes())));
    m_facts->setFacts(factsOf(tensor));
    m_statistics->setTensor(id);
    verticalScrollBar()->setValue(0);
    if (tensor.sliceCount() <= SlicesAtOnce) {
        if (const auto facts = sliceFacts(*checkpoint, id, JobContext()))
            showFacts(*facts);
        return;
    }
    m_slicesHeader->setBeside(tr("%1, looking at them…").arg(style::grouped(tensor.sliceCount())));
    m_cutting = document()->runner()->run<Result<SliceFactsPtr>>(
        [checkpoint, id](const JobContext& context) { return sliceFacts(*checkpoint, id, context); });
    m_cutting->then([this](const Result<SliceFactsPtr>& facts) {
        if (facts)
            showFacts(*facts);
    });
}

void TensorPage::showFacts(SliceFactsPtr facts) {
    const auto checkpoint = document()->checkpoint();
    m_slicesHeader->setBeside(cutSentence(*checkpoint, m_tensor, *facts));
    m_map->setVisible(!facts->copyOf.empty());
    const auto shape = checkpoint->tensor(m_tensor).shape();
    m_map->setTensor(checkpoint, m_tensor, facts, defaultPlane(shape, *facts));
    m_map->setFixedHeight(m_map->sizeHint().height());
    showFindings(*facts);
    showSlice(0);
    const QScopedValueRollback updating(m_updating, true);
    m_model->setTensor(checkpoint, m_tensor, facts);
    m_tableHeader->setVisible(m_model->rowCount() > 0);
    m_table->setVisible(m_model->rowCount() > 0);
    m_table->fitColumns(SlicesModel::Shard);
    const int rows = std::min(m_model->rowCount(), TableRows);
    m_table->setFixedHeight(rows * m_table->verticalHeader()->defaultSectionSize() +
                            m_table->horizontalHeader()->sizeHint().height() + 2);
}

void TensorPage::showSlice(std::uint32_t index) {
    const auto tensor = document()->checkpoint()->tensor(m_tensor);
    m_anatomy->setSlice(index < tensor.sliceCount() ? std::optional(tensor.slice(index)) : std::nullopt);
}

FactPairs TensorPage::factsOf(TensorView tensor) const {
    const auto& checkpoint = *document()->checkpoint();
    FactPairs out{{tr("dims"), QString::number(tensor.shape().size())},
                  {tr("values"), style::grouped(tensor.elements())},
                  {tr("size"), style::exactBytes(tensor.bytes())}};
    for (const auto& [name, value] : tensor.facts())
        out.append({style::plain(name, 100), style::plain(value, 300)});
    int ties = 0;
    for (const auto& alias : checkpoint.aliases()) {
        if (alias.kept == tensor.name() && ties++ < MostTies)
            out.append({tr("also named"), style::plain(alias.dropped)});
        else if (alias.dropped == tensor.name() && ties++ < MostTies)
            out.append({tr("shares memory with"), style::plain(alias.kept)});
    }
    if (const auto storage = tensor.storage())
        for (std::uint32_t i = 0; i < checkpoint.tensorCount() && ties < MostTies; ++i) {
            const auto other = checkpoint.tensor(TensorId(i));
            if (other.id() != tensor.id() && other.storage() == storage) {
                out.append({tr("same storage as"), style::plain(other.name())});
                ++ties;
            }
        }
    while (out.size() > MostFacts)
        out.removeLast();
    return out;
}

void TensorPage::showFindings(const SliceFacts& facts) {
    const auto checkpoint = document()->checkpoint();
    auto* lines = m_findings->layout();
    clearLayout(lines);
    int shown = 0;
    for (const auto& finding : checkpoint->findings()) {
        const bool about =
            (finding.subject.kind == Subject::Kind::Tensor && finding.subject.id == m_tensor.value()) ||
            std::ranges::find(finding.tensors, m_tensor) != finding.tensors.end();
        if (about && shown++ < MostFindings)
            lines->addWidget(new FindingLine(finding.severity(), style::message(finding.what),
                                             style::advice(finding.what), m_findings));
    }
    const bool said = shown > 0; // a finding names the first hole; the slices view names all
    for (const auto& damage : facts.damages)
        if (!said && shown++ < MostFindings) {
            const auto text = damageText(*checkpoint, m_tensor, damage);
            lines->addWidget(new FindingLine(Severity::Error, text.title, text.explanation, m_findings));
        }
    if (shown > MostFindings)
        lines->addWidget(
            new FindingLine(Severity::Info, tr("%1 more").arg(shown - MostFindings), {}, m_findings));
    m_findings->setVisible(shown > 0);
}

} // namespace shardlens::ui
