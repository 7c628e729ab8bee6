// SPDX-License-Identifier: Apache-2.0
#include "ui/views/compare_detail.h"

#include "analysis/rename_rule.h"
#include "ui/models/compare_model.h"
#include "ui/models/difference_text.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"
#include "ui/views/difference_map.h"
#include "ui/views/gap_plot.h"

#include <QButtonGroup>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

constexpr int PollMs = 1000 / 15;

/// Exact, with a true minus.
QString numberOf(const std::string& text) {
    return style::plain(text, 40).replace(QLatin1Char('-'), QChar(0x2212));
}

QLabel* cellLabel(const QString& text, bool quiet, const QFont& font, Qt::Alignment alignment) {
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setFont(font);
    label->setAlignment(alignment);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    if (quiet)
        label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

} // namespace

CompareDetail::CompareDetail(CompareSession* session, JobRunner* runner, QWidget* parent)
    : QScrollArea(parent)
    , m_session(session)
    , m_runner(runner) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Details of the difference"));
    build();
    m_poll.setInterval(PollMs);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        const ProgressSnapshot progress = m_reading ? m_reading->progress() : ProgressSnapshot();
        m_bar->setShare(progress.total == 0 ? 0 : double(progress.done) / double(progress.total));
    });
    clear();
}

void CompareDetail::build() {
    auto* content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    content->setAutoFillBackground(true);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(14, 12, 14, 12);
    column->setSpacing(8);
    m_name = new NameLabel;
    m_name->setFont(style::titleFont(font()));
    m_shape = new ShapeLine;
    column->addWidget(m_name);
    column->addWidget(m_shape);
    m_box = new QWidget;
    m_box->setBackgroundRole(QPalette::AlternateBase);
    m_box->setAutoFillBackground(true);
    m_boxLayout = new QVBoxLayout(m_box);
    m_boxLayout->setContentsMargins(10, 7, 10, 7);
    column->addWidget(m_box);
    m_bar = new style::ThinBar;
    m_bar->setAccessibleName(tr("Reading both tensors"));
    column->addWidget(m_bar);
    m_rename = new style::LinkButton(tr("Add rename…"));
    m_goThere = new style::LinkButton(tr("Show in the checkpoint"));
    auto* links = new QHBoxLayout;
    links->setSpacing(16);
    links->addWidget(m_rename);
    links->addWidget(m_goThere);
    links->addStretch(1);
    column->addLayout(links);
    connect(m_rename, &QPushButton::clicked, this, [this] { emit renameRequested(m_offered); });
    connect(m_goThere, &QPushButton::clicked, this, &CompareDetail::showInCheckpointRequested);
    buildFigures(column);
    column->addStretch(1);
    setWidget(content);
}

void CompareDetail::buildFigures(QVBoxLayout* column) {
    m_figures = new QWidget;
    auto* figures = new QVBoxLayout(m_figures);
    figures->setContentsMargins(0, 0, 0, 0);
    figures->setSpacing(6);
    m_mapHeader = new SectionHeader(tr("Where they differ"));
    m_map = new DifferenceMap;
    m_plotHeader = new SectionHeader(tr("Size of the differences"));
    m_plotHeader->setBeside(QStringLiteral("|A − B|"));
    auto* scales = new QButtonGroup(this);
    for (const bool logarithmic : {false, true}) {
        auto* button = new QToolButton;
        button->setText(logarithmic ? tr("log") : tr("linear"));
        button->setAccessibleName(logarithmic ? tr("Logarithmic scale") : tr("Linear scale"));
        button->setCheckable(true);
        button->setChecked(!logarithmic);
        button->setFocusPolicy(Qt::StrongFocus);
        scales->addButton(button, logarithmic ? 1 : 0);
        m_plotHeader->addButton(button);
    }
    m_plot = new GapPlot;
    connect(scales, &QButtonGroup::idClicked, this, [this](int id) { m_plot->setLogarithmic(id == 1); });
    auto* examples = new QWidget;
    examples->setAccessibleName(tr("First differing values"));
    m_examples = new QGridLayout(examples);
    m_examples->setContentsMargins(0, 0, 0, 0);
    m_examples->setHorizontalSpacing(14);
    m_examples->setVerticalSpacing(3);
    m_facts = new FactGrid;
    for (QWidget* each : std::initializer_list<QWidget*>{m_mapHeader, m_map, m_plotHeader, m_plot,
                                                         new SectionHeader(tr("Values")), examples, m_facts})
        figures->addWidget(each);
    column->addWidget(m_figures);
}

void CompareDetail::clear() {
    m_reading.reset();
    m_poll.stop();
    m_detail = nullptr;
    m_result = nullptr;
    m_map->clear();
    m_bar->hide();
    m_rename->hide();
    m_goThere->hide();
    m_figures->hide();
    m_name->setName({});
    m_shape->set(DType::Unknown, {}, {}, {}, {});
    say(std::nullopt, tr("Nothing selected"), tr("Select a tensor on the left to see where it differs."));
}

QString CompareDetail::sentence() const {
    return m_sentence;
}

QPushButton* CompareDetail::renameButton() const {
    return m_offered.empty() ? nullptr : m_rename;
}

void CompareDetail::say(std::optional<Severity> severity, const QString& title, const QString& explanation) {
    clearLayout(m_boxLayout);
    m_sentence = explanation.isEmpty() ? title : title + QStringLiteral(": ") + explanation;
    if (severity) {
        m_boxLayout->addWidget(new FindingLine(*severity, title, explanation));
        return;
    }
    auto* row = new QWidget;
    auto* words = new QVBoxLayout(row);
    words->setContentsMargins(0, 0, 0, 0);
    words->setSpacing(2);
    auto* strong = cellLabel(title, false, style::mediumFont(font()), Qt::AlignLeft);
    strong->setWordWrap(true);
    words->addWidget(strong);
    if (!explanation.isEmpty()) {
        auto* more = cellLabel(explanation, true, font(), Qt::AlignLeft);
        more->setWordWrap(true);
        words->addWidget(more);
    }
    m_boxLayout->addWidget(row);
}

void CompareDetail::showHead(CompareClass which, TensorId a, TensorId b) {
    const auto& checkpoint = a.valid() ? m_result->a.checkpoint : m_result->b.checkpoint;
    const auto tensor = checkpoint->tensor(a.valid() ? a : b);
    m_name->setName(style::plain(tensor.name()));
    QStringList more;
    if (which == CompareClass::OnlyA || which == CompareClass::OnlyB)
        more << classWords(which);
    else if (const auto other = m_result->b.checkpoint->tensor(b); other.dtypeName() != tensor.dtypeName())
        more << tr("%1 in B").arg(style::plain(other.dtypeName(), 24));
    else if (!equal(other.shape(), tensor.shape()))
        more << tr("%1 in B").arg(style::shapeText(other.shape()));
    else
        more << tr("same in A and B");
    if (which != CompareClass::OnlyB && b.valid() &&
        m_result->b.checkpoint->tensor(b).name() != tensor.name())
        more << tr("renamed to %1").arg(style::plain(m_result->b.checkpoint->tensor(b).name(), 80));
    m_shape->set(tensor.dtype(), style::plain(tensor.dtypeName(), 24), style::shapeText(tensor.shape()), more,
                 style::bytesTip(tensor.bytes()));
}

void CompareDetail::show(CompareClass which, std::uint32_t place) {
    clear();
    m_result = m_session->result();
    if (!m_result)
        return;
    const auto [a, b] = tensorsAt(m_result->comparison, which, place);
    showHead(which, a, b);
    m_goThere->show();
    m_offered.clear();
    switch (which) {
    case CompareClass::Same:
        say(std::nullopt, tr("The same in A and B"),
            !m_result->settings.values ? tr("name, type and shape; values were not read")
            : m_result->comparison.identical == m_result->comparison.same.size() ? tr("bit for bit")
                                                                                 : QString());
        break;
    case CompareClass::OnlyA:
    case CompareClass::OnlyB:
        offerRename(which, a, b);
        break;
    case CompareClass::Different: {
        const Difference& difference = m_result->comparison.different[place];
        if (difference.problem)
            say(Severity::Error, style::message(*difference.problem), style::advice(*difference.problem));
        else if (!difference.valuesCompared)
            difference.reason == Difference::Reason::Shape
                ? say(Severity::Info, tr("The shapes differ"),
                      tr("Values are compared in tensors of one shape."))
                : say(Severity::Info, tr("The types differ"), tr("Values were not read."));
        else if (difference.count == 0)
            say(Severity::Info, tr("Every value is equal"), tr("only the type differs"));
        else
            read(a, b);
        break;
    }
    }
    emit detailChanged();
}

void CompareDetail::offerRename(CompareClass which, TensorId a, TensorId b) {
    const bool inA = which == CompareClass::OnlyA;
    const auto& others = inA ? m_result->inB : m_result->inA;
    const auto found = others.find((inA ? a : b).value());
    if (found == others.end()) {
        say(std::nullopt, inA ? tr("Only in A") : tr("Only in B"),
            tr("No tensor of the other side has this name or these bytes."));
        return;
    }
    const TensorId fromA = inA ? a : found->second, toB = inA ? found->second : b;
    const auto nameA = m_result->a.checkpoint->tensor(fromA).name();
    const auto nameB = m_result->b.checkpoint->tensor(toB).name();
    say(Severity::Info, tr("The same bytes under another name"),
        inA ? tr("%1 in B").arg(style::plain(nameB)) : tr("%1 in A").arg(style::plain(nameA)));
    m_offered = renameRules({{nameA, nameB}});
    m_rename->setToolTip(style::toolTip(
        tr("Compare again with %1 taken as %2").arg(style::plain(nameA), style::plain(nameB))));
    m_rename->show();
}

void CompareDetail::read(TensorId a, TensorId b) {
    say(std::nullopt, tr("Reading both tensors"), {});
    m_bar->setShare(0);
    m_bar->show();
    m_poll.start();
    m_reading.emplace(
        m_runner->run<Result<DifferenceDetail>>([result = m_result, a, b](const JobContext& context) {
            return differenceDetail(result->a.checkpoint, a, result->b.checkpoint, b,
                                    result->settings.tolerance, context);
        }));
    m_reading->then([this, a](const Result<DifferenceDetail>& detail) {
        m_reading.reset();
        m_poll.stop();
        m_bar->hide();
        if (detail)
            become(a, *detail);
        else
            say(Severity::Error, style::message(detail.error()), style::advice(detail.error()));
        emit detailChanged();
    });
}

void CompareDetail::become(TensorId a, const DifferenceDetail& detail) {
    m_detail = std::make_shared<const DifferenceDetail>(detail);
    const DifferenceText text = differenceText(*m_result, a, detail);
    say(text.telling ? Severity::Warning : Severity::Info, text.title, text.explanation);
    m_map->setDetail(m_result, a, m_detail);
    m_mapHeader->setBeside(m_map->pointText());
    m_plot->setHistogram(detail.histogram);
    m_plot->setVisible(!detail.histogram.counts.empty());
    m_plotHeader->setVisible(!detail.histogram.counts.empty());
    fillExamples();
    fillFacts();
    m_figures->show();
}

void CompareDetail::fillExamples() {
    clearLayout(m_examples);
    const QFont small = style::secondaryFont(font());
    const Qt::Alignment right = Qt::AlignRight;
    int column = 0;
    for (const QString& title :
         {tr("First differing"), QStringLiteral("A"), QStringLiteral("B"), QStringLiteral("|A − B|")}) {
        m_examples->addWidget(cellLabel(title, true, small, column == 0 ? Qt::AlignLeft : right), 0, column);
        ++column;
    }
    m_examples->setColumnStretch(0, 1);
    int row = 1;
    for (const DifferenceDetail::Example& example : m_detail->examples) {
        m_examples->addWidget(
            cellLabel(style::indexText(example.index), true, style::fixedFont(small), Qt::AlignLeft), row, 0);
        m_examples->addWidget(cellLabel(numberOf(example.a), false, font(), right), row, 1);
        m_examples->addWidget(cellLabel(numberOf(example.b), false, font(), right), row, 2);
        m_examples->addWidget(cellLabel(gapText(example.gap), false, font(), right), row++, 3);
    }
}

void CompareDetail::fillFacts() {
    const DifferenceDetail& detail = *m_detail;
    FactPairs facts{{tr("max |A − B|"), gapText(detail.maxAbs)},
                    {tr("max relative"), gapText(detail.maxRel)},
                    {tr("mean |A − B|"), gapText(detail.meanAbs)},
                    {tr("values that differ"),
                     tr("%1 of %2").arg(style::grouped(detail.count), style::grouped(detail.elements))},
                    {tr("of them zero in A"), style::grouped(detail.zerosA)},
                    {tr("of them zero in B"), style::grouped(detail.zerosB)}};
    m_facts->setFacts(facts);
}

} // namespace shardlens::ui
