// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/statistics_panel.h"

#include "ui/style/icons.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"
#include "ui/views/parts/figure_columns.h"
#include "ui/views/parts/histogram_plot.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace shardlens::ui {
namespace {

constexpr std::uint64_t WithoutAsking = 16 * Limits::MiB;
constexpr int PollMilliseconds = 67; // 15 Hz

/// What is estimated is marked with ≈.
QList<FactPairs> columnsOf(const Figures& figures, bool wide) {
    const auto tr = [](const char* text) {
        return StatisticsPanel::tr(text);
    };
    const auto about = figures.approximate ? QStringLiteral("≈ ") : QString();
    const auto share = [&](std::uint64_t count) {
        return count ? style::percentText(double(count) / double(figures.count)) : QStringLiteral("0");
    };
    FactPairs values{{tr("min"), style::numberText(figures.min)},
                     {tr("max"), style::numberText(figures.max)},
                     {tr("mean"), style::numberText(figures.mean)},
                     {tr("std"), style::numberText(figures.std)},
                     {tr("L2 norm"), style::numberText(figures.l2, 5)},
                     {tr("abs max"), style::numberText(figures.absMax())}};
    FactPairs counts{
        {tr("zeros"), style::grouped(figures.zeros)},         {tr("NaN"), style::grouped(figures.nan)},
        {tr("+Inf"), style::grouped(figures.posinf)},         {tr("−Inf"), style::grouped(figures.neginf)},
        {tr("subnormal"), style::grouped(figures.subnormal)}, {tr("negative"), share(figures.negative)}};
    FactPairs quantiles;
    for (std::size_t i = 0; i < figures.quantiles.size(); ++i)
        quantiles.append({style::percentText(Figures::QuantilesAt[i])
                              .remove(QStringLiteral(".00"))
                              .remove(QStringLiteral(".0")),
                          about + style::numberText(figures.quantiles[i])});
    if (wide)
        return {values, counts, quantiles};
    // Two columns fit: the lower quantiles below the values, the upper ones below the counts.
    const auto middle = quantiles.size() / 2;
    return {values + quantiles.mid(0, middle + 1), counts + quantiles.mid(middle + 1)};
}

} // namespace

StatisticsPanel::StatisticsPanel(Document* document, QWidget* parent, Look look)
    : QWidget(parent)
    , m_document(document)
    , m_look(look)
    , m_header(new SectionHeader(tr("Statistics"), this))
    , m_start(new QPushButton(tr("Compute"), this))
    , m_bar(new QProgressBar(this))
    , m_failure(new QLabel(this))
    , m_figures(new FigureColumns(this))
    , m_verdict(new QWidget(this))
    , m_glyph(new style::Glyph(std::nullopt, 14, m_verdict))
    , m_sentence(new QLabel(m_verdict))
    , m_plot(new HistogramPlot(this))
    , m_distribution(new SectionHeader(tr("Distribution"), this))
    , m_linear(new QToolButton(this))
    , m_log(new QToolButton(this)) {
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress of the statistics"));
    m_failure->setTextFormat(Qt::PlainText);
    m_failure->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    auto* scales = new QButtonGroup(this); // one of the two is always on
    for (auto* button : {m_linear, m_log}) {
        button->setCheckable(true);
        button->setAutoRaise(true);
        scales->addButton(button);
        m_distribution->addButton(button);
    }
    m_linear->setText(tr("linear"));
    m_linear->setToolTip(tr("Counts in proportion"));
    m_log->setText(tr("log"));
    m_log->setToolTip(tr("Logarithmic counts"));
    m_log->setChecked(true);
    auto* copy = new QToolButton(this);
    copy->setIcon(style::icon(u"copy"));
    copy->setAutoRaise(true);
    copy->setToolTip(tr("Copy the figures"));
    copy->setAccessibleName(tr("Copy the figures"));
    m_header->addButton(copy);
    arrange();
    connect(m_start, &QPushButton::clicked, this, [this] {
        if (m_computing) { // the button says Cancel then
            m_computing.reset();
            showIdle();
        } else {
            compute();
        }
    });
    connect(m_log, &QToolButton::toggled, m_plot, &HistogramPlot::setLogarithmic);
    connect(copy, &QToolButton::clicked, this, [this] {
        QString text;
        for (const auto& [name, value] : m_figures->facts())
            text += name + QLatin1Char('\t') + value + QLatin1Char('\n');
        QGuiApplication::clipboard()->setText(text);
    });
    m_poll.setInterval(PollMilliseconds);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (!m_computing)
            return;
        const auto progress = m_computing->progress();
        m_bar->setValue(progress.total ? int(1000.0 * double(progress.done) / double(progress.total)) : 0);
    });
    showIdle();
}

StatisticsPanel::~StatisticsPanel() = default;

void StatisticsPanel::arrange() {
    auto* verdict = new QHBoxLayout(m_verdict);
    verdict->setContentsMargins(0, 2, 0, 2);
    verdict->addWidget(m_glyph, 0, Qt::AlignTop);
    verdict->addWidget(m_sentence, 1);
    const auto vertical = [] {
        auto* out = new QVBoxLayout;
        out->setSpacing(6);
        return out;
    };
    auto* figures = vertical();
    figures->addWidget(m_header);
    figures->addWidget(m_start, 0, Qt::AlignLeft);
    figures->addWidget(m_bar);
    figures->addWidget(m_failure);
    figures->addWidget(m_figures);
    figures->addWidget(m_verdict);
    auto* plot = vertical();
    plot->addWidget(m_distribution);
    plot->addWidget(m_plot, 1);
    if (m_look == Look::Beside)
        figures->addStretch();
    QBoxLayout* all = m_look == Look::Beside ? static_cast<QBoxLayout*>(new QHBoxLayout(this))
                                             : static_cast<QBoxLayout*>(new QVBoxLayout(this));
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(m_look == Look::Beside ? 18 : 6);
    all->addLayout(figures);
    all->addLayout(plot, 1);
}

void StatisticsPanel::setTensor(TensorId tensor) {
    m_computing.reset();
    m_tensor = tensor;
    m_statistics.reset();
    m_plot->clear();
    m_figures->setColumns({});
    showIdle();
    const auto checkpoint = m_document->checkpoint();
    if (checkpoint && tensor.valid() && checkpoint->tensor(tensor).readable() &&
        checkpoint->tensor(tensor).bytes() <= WithoutAsking)
        compute();
}

void StatisticsPanel::showIdle() {
    m_poll.stop();
    const auto checkpoint = m_document->checkpoint();
    const bool readable = checkpoint && m_tensor.valid() && checkpoint->tensor(m_tensor).readable();
    m_start->setText(tr("Compute"));
    m_start->setVisible(readable && !m_statistics);
    m_bar->hide();
    for (QWidget* shown : std::initializer_list<QWidget*>{m_figures, m_verdict, m_distribution, m_plot})
        shown->setVisible(m_statistics.has_value());
    m_failure->setVisible(checkpoint && m_tensor.valid() && !readable);
    m_failure->setText(tr("The tensor cannot be read whole; its findings say why."));
    if (readable && !m_statistics)
        m_header->setBeside(tr("reads %1").arg(style::bytesText(checkpoint->tensor(m_tensor).bytes())));
    else if (!m_statistics)
        m_header->setBeside({});
}

void StatisticsPanel::compute() {
    const auto checkpoint = m_document->checkpoint();
    if (!checkpoint || !m_tensor.valid())
        return;
    m_start->setText(tr("Cancel"));
    m_bar->setValue(0);
    m_bar->setVisible(checkpoint->tensor(m_tensor).bytes() > WithoutAsking);
    m_start->setVisible(m_bar->isVisibleTo(this));
    m_computing = m_document->runner()->run<Result<Statistics>>(
        [checkpoint, tensor = m_tensor](const JobContext& context) {
            return computeStatistics(checkpoint, tensor, StatisticsOptions{}, context);
        });
    m_computing->then([this](const Result<Statistics>& result) { showResult(result); });
    m_poll.start();
}

void StatisticsPanel::showResult(const Result<Statistics>& result) {
    m_computing.reset();
    if (!result) {
        showIdle();
        m_failure->setText(style::message(result.error()) + QLatin1Char(' ') + style::advice(result.error()));
        m_failure->show();
        return;
    }
    m_statistics = *result;
    const auto& figures = *m_statistics;
    m_figures->setColumns(columnsOf(figures, m_look == Look::Beside));
    const auto infinite = figures.posinf + figures.neginf;
    m_glyph->setSeverity(figures.nan + infinite ? std::optional(Severity::Warning) : std::nullopt);
    m_sentence->setText(figures.nan + infinite == 0 ? tr("finite: no NaN, no ±Inf")
                        : infinite == 0             ? tr("%1 values are NaN").arg(style::grouped(figures.nan))
                        : figures.nan == 0 ? tr("%1 values are infinite").arg(style::grouped(infinite))
                                           : tr("%1 values are NaN, %2 infinite")
                                                 .arg(style::grouped(figures.nan), style::grouped(infinite)));
    m_header->setBeside(tr("all %1 values").arg(style::grouped(figures.count)));
    m_plot->setStatistics(figures);
    showIdle();
    m_figures->show();
    m_verdict->setVisible(figures.count > 0);
    m_plot->setVisible(!figures.histogram.counts.empty());
    m_distribution->setVisible(!figures.histogram.counts.empty());
    m_distribution->setBeside(tr("%1%2 bins")
                                  .arg(figures.approximate ? QStringLiteral("≈ ") : QString())
                                  .arg(figures.histogram.counts.size()));
    emit computed();
}

} // namespace shardlens::ui
