// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/statistics_panel.h"

#include "ui/style/icons.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"
#include "ui/views/parts/histogram_plot.h"

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

} // namespace

StatisticsPanel::StatisticsPanel(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_header(new SectionHeader(tr("Statistics"), this))
    , m_start(new QPushButton(tr("Compute"), this))
    , m_bar(new QProgressBar(this))
    , m_failure(new QLabel(this))
    , m_facts(new FactGrid(this))
    , m_plot(new HistogramPlot(this))
    , m_log(new QToolButton(this)) {
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress of the statistics"));
    m_failure->setTextFormat(Qt::PlainText);
    m_failure->setWordWrap(true);
    m_log->setText(tr("log"));
    m_log->setToolTip(tr("Logarithmic counts"));
    m_log->setCheckable(true);
    m_log->setChecked(true);
    m_log->setAutoRaise(true);
    auto* copy = new QToolButton(this);
    copy->setIcon(style::icon(u"copy"));
    copy->setAutoRaise(true);
    copy->setToolTip(tr("Copy the figures"));
    copy->setAccessibleName(tr("Copy the figures"));
    m_header->addButton(m_log);
    m_header->addButton(copy);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_header);
    column->addWidget(m_start, 0, Qt::AlignLeft);
    column->addWidget(m_bar);
    column->addWidget(m_failure);
    column->addWidget(m_facts);
    column->addWidget(m_plot, 1);
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
        for (const auto& [name, value] : m_facts->facts())
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

void StatisticsPanel::setTensor(TensorId tensor) {
    m_computing.reset();
    m_tensor = tensor;
    m_statistics.reset();
    m_plot->clear();
    m_facts->setFacts({});
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
    m_plot->setVisible(m_statistics.has_value());
    m_log->setVisible(m_statistics.has_value());
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
    const auto about = figures.approximate ? QStringLiteral("≈ ") : QString();
    FactPairs facts{
        {tr("min"), style::numberText(figures.min)},
        {tr("max"), style::numberText(figures.max)},
        {tr("mean"), style::numberText(figures.mean)},
        {tr("standard deviation"), style::numberText(figures.std)},
        {tr("L2 norm"), style::numberText(figures.l2, 5)},
        {tr("median"), about + style::numberText(figures.quantiles[3])},
        {tr("1 % … 99 %"), about + style::numberText(figures.quantiles.front()) + QStringLiteral(" … ") +
                               style::numberText(figures.quantiles.back())},
        {tr("zeros"), style::grouped(figures.zeros)},
        {tr("NaN"), style::grouped(figures.nan)},
        {tr("+Inf, −Inf"),
         style::grouped(figures.posinf) + QStringLiteral(", ") + style::grouped(figures.neginf)},
        {tr("subnormal"), style::grouped(figures.subnormal)},
        {tr("negative"),
         style::percentText(figures.count ? double(figures.negative) / double(figures.count) : 0)}};
    m_facts->setFacts(facts);
    m_header->setBeside(tr("all %1 values").arg(style::grouped(figures.count)));
    m_plot->setStatistics(figures);
    showIdle();
    m_plot->setVisible(!figures.histogram.counts.empty());
    emit computed();
}

} // namespace shardlens::ui
