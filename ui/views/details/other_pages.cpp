// SPDX-License-Identifier: Apache-2.0
#include "ui/views/details/other_pages.h"

#include "ui/models/branch_title.h"
#include "ui/models/findings_model.h"
#include "ui/style/text.h"
#include "ui/views/maps/file_painter.h"
#include "ui/views/parts/table.h"
#include "ui/views/parts/value_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace shardlens::ui {
namespace {

constexpr std::size_t MostListed = 1000;
constexpr int MostRegions = 60, MostMetadata = 60;

} // namespace

TensorList::TensorList(Document* document, const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_header(new SectionHeader(title, this))
    , m_model(new TensorsModel(this))
    , m_table(new Table(this)) {
    m_table->setModel(m_model);
    m_table->setAccessibleName(title);
    for (int column = 0; column < TensorColumnCount; ++column)
        m_table->setColumnHidden(column, column != int(TensorColumn::Name) &&
                                             column != int(TensorColumn::Shape) &&
                                             column != int(TensorColumn::Size));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_header);
    layout->addWidget(m_table, 1);
    connect(m_table, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        if (const auto tensor = m_model->tensorAt(index.row()); tensor.valid())
            m_document->selection()->select(SelectedItem::tensor(tensor));
    });
}

void TensorList::setTensors(std::vector<std::uint32_t> tensors, std::uint64_t all) {
    setVisible(!tensors.empty());
    auto rows = std::make_shared<TensorRows>();
    rows->tensors = std::move(tensors);
    m_header->setBeside(rows->tensors.size() < all
                            ? tr("the first %1 of %2").arg(rows->tensors.size()).arg(style::grouped(all))
                            : style::grouped(all));
    m_model->setRows(m_document->names(), rows);
    m_table->fitColumns(int(TensorColumn::Name));
    const int shown = std::clamp(m_model->rowCount(), 1, 16);
    m_table->setMinimumHeight(shown * m_table->verticalHeader()->defaultSectionSize() + 30);
}

OverviewPage::OverviewPage(Document* document, QWidget* parent)
    : DetailsPage(document, parent)
    , m_name(new NameLabel(content()))
    , m_facts(new FactGrid(content()))
    , m_types(new FactGrid(content()))
    , m_verdicts(new QWidget(content())) {
    auto* verdicts = new QVBoxLayout(m_verdicts);
    verdicts->setContentsMargins(0, 0, 0, 0);
    column()->addWidget(m_name);
    addLine();
    column()->addWidget(m_facts);
    column()->addWidget(new SectionHeader(tr("Types"), content()));
    column()->addWidget(m_types);
    column()->addWidget(m_verdicts);
    column()->addStretch();
}

void OverviewPage::clear() {
    m_counting.reset();
    m_name->setName({});
    m_facts->setFacts({});
    m_types->setFacts({});
    clearLayout(m_verdicts->layout());
}

void OverviewPage::showCheckpoint() {
    clear();
    const auto checkpoint = document()->checkpoint();
    if (!checkpoint)
        return;
    const auto& facts = checkpoint->facts();
    m_name->setName(style::plain(facts.name));
    const auto title = formatTitle(facts.format);
    FactPairs out{{tr("format"), QString::fromUtf8(title.data(), qsizetype(title.size()))}};
    const auto add = [&out](const QString& name, const std::string& value) {
        if (!value.empty())
            out.append({name, style::plain(value)});
    };
    add(tr("written by"), facts.writer);
    add(tr("part"), facts.part);
    for (const auto& part : facts.otherParts)
        add(tr("other part"), part);
    add(tr("variant"), facts.variant);
    for (const auto& variant : facts.otherVariants)
        add(tr("other variant"), variant);
    out.append({tr("files"), style::grouped(checkpoint->fileCount())});
    out.append({tr("tensors"), style::grouped(checkpoint->tensorCount())});
    out.append({tr("slices"), style::grouped(checkpoint->sliceCount())});
    if (checkpoint->entryCount())
        out.append({tr("other entries"), style::grouped(checkpoint->entryCount())});
    out.append({tr("parameters"), style::countText(checkpoint->parameters())});
    out.append({tr("size"), style::bytesTip(checkpoint->bytes())});
    for (const auto& [name, value] : facts.more)
        out.append({style::plain(name, 100), style::plain(value, 300)});
    add(tr("path"), facts.location);
    m_facts->setFacts(out);
    for (const auto& verdict : checkpoint->verdicts())
        m_verdicts->layout()->addWidget(
            new FindingLine(verdict.opens ? Severity::Info : Severity::Warning,
                            verdict.opens ? tr("%1 opens it").arg(style::plain(verdict.reader, 80))
                                          : tr("%1 does not open it").arg(style::plain(verdict.reader, 80)),
                            style::plain(verdict.reason), m_verdicts));
    m_counting = document()->runner()->run<Result<FactPairs>>(
        [checkpoint](const JobContext& context) -> Result<FactPairs> {
            std::array<std::uint64_t, 64> bytes{}, count{};
            for (std::uint32_t i = 0; i < checkpoint->tensorCount(); ++i) {
                const auto tensor = checkpoint->tensor(TensorId(i));
                bytes[static_cast<std::size_t>(tensor.dtype())] += tensor.bytes();
                ++count[static_cast<std::size_t>(tensor.dtype())];
                if (i % 65536 == 0)
                    SHARDLENS_CHECK(context.checkStop());
            }
            FactPairs types;
            for (std::size_t i = 0; i < count.size(); ++i)
                if (count[i]) {
                    const auto dtype = name(static_cast<DType>(i));
                    types.append(
                        {QString::fromUtf8(dtype.data(), qsizetype(dtype.size())),
                         tr("%1 tensors, %2").arg(style::grouped(count[i]), style::bytesText(bytes[i]))});
                }
            return types;
        });
    m_counting->then([this](const Result<FactPairs>& types) {
        if (types)
            m_types->setFacts(*types);
    });
}

BranchPage::BranchPage(Document* document, QWidget* parent)
    : DetailsPage(document, parent)
    , m_name(new NameLabel(content()))
    , m_facts(new FactGrid(content()))
    , m_list(new TensorList(document, tr("Tensors in this branch"), content())) {
    column()->addWidget(m_name);
    addLine();
    column()->addWidget(m_facts);
    column()->addWidget(m_list, 1);
}

void BranchPage::clear() {
    m_facts->setFacts({});
    m_list->setTensors({}, 0);
}

void BranchPage::showBranch(const Branch& branch) {
    const auto names = document()->names();
    if (!names || branch.begin >= branch.end || branch.end > names->size())
        return clear();
    m_name->setName(branchTitle(*names, branch));
    const auto sums = names->sums(branch);
    FactPairs facts{{tr("tensors"), style::grouped(sums.tensors)},
                    {tr("parameters"), style::countText(sums.parameters)},
                    {tr("size"), style::bytesTip(sums.bytes)}};
    if (sums.entries)
        facts.append({tr("other entries"), style::grouped(sums.entries)});
    const auto whole = names->sums(names->root()).bytes;
    if (whole)
        facts.append({tr("share of the checkpoint"), style::percentText(double(sums.bytes) / double(whole))});
    m_facts->setFacts(facts);
    std::vector<std::uint32_t> tensors;
    for (auto at = branch.begin; at < branch.end && tensors.size() < MostListed; ++at)
        if (names->isTensor(names->item(at)))
            tensors.push_back(names->item(at));
    m_list->setTensors(std::move(tensors), sums.tensors);
}

EntryPage::EntryPage(Document* document, QWidget* parent)
    : DetailsPage(document, parent)
    , m_name(new NameLabel(content()))
    , m_facts(new FactGrid(content()))
    , m_value(new ValueView(document->runner(), content()))
    , m_failure(new QWidget(content())) {
    auto* failure = new QVBoxLayout(m_failure);
    failure->setContentsMargins(0, 0, 0, 0);
    column()->addWidget(m_name);
    addLine();
    column()->addWidget(m_facts);
    column()->addWidget(m_failure);
    column()->addWidget(m_value, 1);
    m_value->setMinimumHeight(160);
}

EntryPage::~EntryPage() = default;

void EntryPage::clear() {
    m_reading.reset();
    m_value->clear();
    m_facts->setFacts({});
    clearLayout(m_failure->layout());
}

void EntryPage::showEntry(EntryId id) {
    clear();
    const auto checkpoint = document()->checkpoint();
    if (!checkpoint)
        return;
    const auto& entry = checkpoint->entry(id);
    m_name->setName(style::plain(entry.name));
    FactPairs facts;
    if (!entry.typeName.empty())
        facts.append({tr("type"), style::plain(entry.typeName, 200)});
    if (entry.file.valid())
        facts.append({tr("file"), style::plain(checkpoint->file(entry.file).path)});
    if (!entry.stored.empty())
        facts.append({tr("size"), style::bytesTip(entry.stored.size())});
    m_facts->setFacts(facts);
    m_value->setVisible(entry.kind != EntryRecord::Kind::Binary);
    if (entry.kind == EntryRecord::Kind::Binary)
        return;
    m_reading = document()->runner()->run<Result<Value>>(
        [checkpoint, id](const JobContext&) { return checkpoint->value(id); });
    m_reading->then([this](const Result<Value>& value) {
        if (value) {
            m_value->setShowsText(false);
            m_value->setValue(*value);
            return;
        }
        m_value->hide();
        m_failure->layout()->addWidget(new FindingLine(Severity::Error, style::message(value.error()),
                                                       style::advice(value.error()), m_failure));
    });
}

FilePage::FilePage(Document* document, QWidget* parent)
    : DetailsPage(document, parent)
    , m_name(new NameLabel(content()))
    , m_facts(new FactGrid(content()))
    , m_anatomyHeader(new SectionHeader(tr("Anatomy"), content()))
    , m_anatomy(new FactGrid(content()))
    , m_metadataHeader(new SectionHeader(tr("Metadata of the file"), content()))
    , m_metadata(new FactGrid(content())) {
    column()->addWidget(m_name);
    addLine();
    column()->addWidget(m_facts);
    column()->addWidget(m_anatomyHeader);
    column()->addWidget(m_anatomy);
    column()->addWidget(m_metadataHeader);
    column()->addWidget(m_metadata);
    column()->addStretch();
}

void FilePage::clear() {
    m_facts->setFacts({});
    m_anatomy->setFacts({});
    m_metadata->setFacts({});
}

void FilePage::showFile(FileId id) {
    clear();
    const auto checkpoint = document()->checkpoint();
    if (!checkpoint)
        return;
    const auto& file = checkpoint->file(id);
    m_name->setName(style::plain(file.path));
    FactPairs facts;
    facts.append({tr("size"), file.missing ? tr("missing") : style::bytesTip(file.bytes)});
    if (file.rank)
        facts.append({tr("rank"), QString::number(*file.rank)});
    m_facts->setFacts(facts);
    FactPairs anatomy;
    for (const auto& region : checkpoint->regions(id)) {
        if (anatomy.size() == MostRegions) {
            anatomy.append({tr("more"), style::grouped(checkpoint->regions(id).size() - MostRegions)});
            break;
        }
        auto title = regionTitle(region.kind);
        if (!region.name.empty())
            title += QLatin1Char(' ') + style::plain(region.name, 60);
        auto value =
            tr("%1 at %2").arg(style::bytesText(region.range.size()), style::grouped(region.range.begin));
        if (region.crc32)
            value += tr(", CRC-32 %1").arg(*region.crc32, 8, 16, QLatin1Char('0'));
        anatomy.append({title, value});
    }
    m_anatomyHeader->setVisible(!anatomy.isEmpty());
    m_anatomy->setFacts(anatomy);
    FactPairs metadata;
    for (const auto& [key, value] : file.metadata)
        if (metadata.size() < MostMetadata)
            metadata.append({style::plain(key, 100), style::plain(value, 600)});
    m_metadataHeader->setVisible(!metadata.isEmpty());
    m_metadata->setFacts(metadata);
}

FindingPage::FindingPage(Document* document, QWidget* parent)
    : DetailsPage(document, parent)
    , m_name(new NameLabel(content()))
    , m_sentence(new QWidget(content()))
    , m_facts(new FactGrid(content()))
    , m_list(new TensorList(document, tr("Tensors it touches"), content())) {
    auto* sentence = new QVBoxLayout(m_sentence);
    sentence->setContentsMargins(0, 0, 0, 0);
    column()->addWidget(m_name);
    addLine();
    column()->addWidget(m_sentence);
    column()->addWidget(m_facts);
    column()->addWidget(m_list, 1);
    column()->addStretch();
}

void FindingPage::clear() {
    clearLayout(m_sentence->layout());
    m_facts->setFacts({});
    m_list->setTensors({}, 0);
}

void FindingPage::showFinding(FindingId id) {
    clear();
    const auto checkpoint = document()->checkpoint();
    if (!checkpoint || id.index() >= checkpoint->findings().size())
        return;
    const auto& finding = checkpoint->findings()[id.index()];
    const auto& rule = *finding.what.rule;
    m_name->setName(QString::fromUtf8(rule.id.data(), qsizetype(rule.id.size())));
    m_sentence->layout()->addWidget(new FindingLine(finding.severity(), style::message(finding.what),
                                                    style::advice(finding.what), m_sentence));
    FactPairs facts{{tr("severity"), style::severityText(finding.severity())}};
    const auto& where = finding.what.where;
    if (!where.file.empty())
        facts.append({tr("file"), style::plain(where.file)});
    if (where.offset)
        facts.append({tr("at byte"), style::grouped(*where.offset)});
    if (!where.item.empty())
        facts.append({tr("item"), style::plain(where.item)});
    m_facts->setFacts(facts);
    std::vector<std::uint32_t> tensors;
    for (const auto tensor : finding.tensors)
        if (tensors.size() < MostListed)
            tensors.push_back(tensor.value());
    m_list->setTensors(std::move(tensors), finding.tensors.size());
}

} // namespace shardlens::ui
