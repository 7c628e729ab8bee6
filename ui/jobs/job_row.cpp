// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/job_row.h"

#include "ui/jobs/flow_row.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QCoreApplication>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace shardlens::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("JobRow", text);
}

/// The number and its unit apart: `9.42`, `GiB`.
std::pair<QString, QString> parts(const QString& amount) {
    const qsizetype space = amount.lastIndexOf(QLatin1Char(' '));
    return {amount.left(space), amount.mid(space + 1)};
}

} // namespace

QString durationText(double seconds) {
    const auto whole = static_cast<qint64>(std::ceil(seconds));
    if (whole < 60)
        return tr("%1 s").arg(whole);
    if (whole < 3600)
        return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString amountText(const ProgressSnapshot& progress) {
    const auto text = [&](std::uint64_t amount) {
        return progress.countsBytes ? style::bytesText(amount) : style::grouped(amount);
    };
    if (progress.total == 0)
        return progress.done == 0 ? QString() : text(progress.done);
    if (!progress.countsBytes)
        return tr("%1 of %2").arg(text(progress.done), text(progress.total));
    const auto [done, doneUnit] = parts(text(progress.done));
    const auto [total, totalUnit] = parts(text(progress.total));
    return doneUnit == totalUnit ? tr("%1 of %2 %3").arg(done, total, totalUnit)
                                 : tr("%1 %2 of %3 %4").arg(done, doneUnit, total, totalUnit);
}

QString rateText(const ProgressSnapshot& progress) {
    QStringList texts;
    if (progress.perSecond > 0 && progress.countsBytes)
        texts << tr("%1/s").arg(style::bytesText(static_cast<std::uint64_t>(progress.perSecond)));
    if (progress.secondsLeft)
        texts << tr("%1 left").arg(durationText(*progress.secondsLeft));
    return texts.join(QStringLiteral("   "));
}

JobRow::JobRow(const Job& job, QWidget* parent) : QWidget(parent), m_id(job.id) {
    m_title = new QLabel;
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(style::mediumFont(font()));
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_bar = new style::ThinBar;
    m_bar->setAccessibleName(tr("Progress"));
    m_amount = new style::QuietLabel;
    m_rate = new style::QuietLabel;
    m_stop = new QToolButton;
    m_stop->setAutoRaise(true);
    m_stop->setFocusPolicy(Qt::StrongFocus);
    m_stop->setIcon(style::icon(u"stop"));
    m_stop->setToolTip(tr("Stop this job"));
    m_stop->setAccessibleName(tr("Stop %1").arg(job.title));
    connect(m_stop, &QToolButton::clicked, this, [this] { emit cancelRequested(m_id); });

    m_running = new QWidget;
    auto* texts = new QHBoxLayout;
    texts->setContentsMargins(0, 0, 0, 0);
    texts->addWidget(m_amount);
    texts->addStretch(1);
    texts->addWidget(m_rate);
    auto* running = new QGridLayout(m_running);
    running->setContentsMargins(0, 0, 0, 0);
    running->setVerticalSpacing(1);
    running->addWidget(m_bar, 0, 0);
    running->addLayout(texts, 1, 0);
    running->addWidget(m_stop, 0, 1, 2, 1);

    m_ended = new QWidget;
    m_glyph = new style::Glyph(std::nullopt);
    m_sentence = new QLabel;
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_links = new FlowRow;
    const auto link = [&](const QString& text, const QString& tip, auto act) {
        auto* made = new style::LinkButton(text, m_links);
        made->setToolTip(tip);
        made->setAccessibleName(QStringLiteral("%1: %2").arg(text, job.title));
        connect(made, &QPushButton::clicked, this, act);
        return made;
    };
    m_show = link(tr("Show comparison"), tr("What differs, and where"), [this] { emit showRequested(m_id); });
    m_compare =
        link(tr("Compare with the source"), tr("Every tensor of the result with the one it was made of"),
             [this] { emit compareRequested(m_id); });
    m_verify = link(tr("Verify"), tr("Read every byte back and compare it with the source"),
                    [this] { emit verifyRequested(m_id); });
    m_openFolder = link(tr("Open folder"), {}, [this] { emit openFolderRequested(m_folder); });
    m_openResult = link(tr("Open result"), {}, [this] { emit openResultRequested(m_result); });
    auto* ended = new QGridLayout(m_ended);
    ended->setContentsMargins(0, 0, 0, 0);
    ended->setVerticalSpacing(1);
    ended->setColumnStretch(1, 1);
    ended->addWidget(m_glyph, 0, 0, Qt::AlignTop);
    ended->addWidget(m_sentence, 0, 1);
    ended->addWidget(m_links, 1, 1);
    m_ended->hide();

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(12, 4, 8, 4);
    all->setSpacing(2);
    all->addWidget(m_title);
    all->addWidget(m_running);
    all->addWidget(m_ended);
    m_title->setText(job.title);
    m_title->setToolTip(style::toolTip(job.title));
    refresh(job);
}

void JobRow::refresh(const Job& job) {
    if (job.report) {
        if (!m_reported)
            showReport(*job.report);
        if (m_verifiable != bool(job.report->verify)) {
            m_verifiable = bool(job.report->verify);
            m_verify->setVisible(m_verifiable);
        }
        return;
    }
    showProgress(job);
}

void JobRow::showProgress(const Job& job) {
    m_stop->setEnabled(!job.isStopping());
    if (job.isStopping()) {
        m_amount->setText(tr("Stopping"));
        m_rate->setText({});
        return;
    }
    if (job.isQueued()) {
        m_bar->setShare(0);
        m_amount->setText(tr("Waits for the job before it"));
        m_rate->setText({});
        return;
    }
    const ProgressSnapshot progress = job.state->progress.snapshot();
    const double share =
        progress.total == 0 ? 0 : static_cast<double>(progress.done) / static_cast<double>(progress.total);
    m_bar->setShare(share);
    QStringList texts;
    if (progress.total > 0)
        texts << tr("%1 %").arg(static_cast<int>(share * 100));
    if (const QString amount = amountText(progress); !amount.isEmpty())
        texts << amount;
    if (!progress.stage.empty())
        texts << style::plain(progress.stage);
    m_amount->setText(texts.join(QStringLiteral("   ")));
    m_rate->setText(rateText(progress));
}

void JobRow::showReport(const JobReport& report) {
    m_reported = true;
    m_running->hide();
    switch (report.outcome) {
    case JobReport::Outcome::Done:
        m_glyph->setSeverity(std::nullopt);
        break;
    case JobReport::Outcome::Failed:
        m_glyph->setSeverity(Severity::Error);
        break;
    case JobReport::Outcome::Cancelled:
        m_glyph->setSeverity(Severity::Info);
        break;
    }
    m_sentence->setText(report.details.isEmpty() ? report.sentence
                                                 : report.sentence + QLatin1Char('\n') + report.details);
    m_folder = report.folder;
    m_result = report.result;
    m_openFolder->setVisible(!m_folder.isEmpty());
    m_openResult->setVisible(!m_result.isEmpty());
    m_verifiable = bool(report.verify);
    m_verify->setVisible(m_verifiable);
    m_compare->setVisible(report.source != nullptr && !m_result.isEmpty());
    m_show->setVisible(report.comparison != nullptr);
    m_links->setVisible(!m_folder.isEmpty() || !m_result.isEmpty() || m_verifiable || report.comparison);
    m_ended->show();
}

} // namespace shardlens::ui
