// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/deep_check_job.h"

#include "analysis/deep_check.h"
#include "ui/style/text.h"

#include <QCoreApplication>
#include <QStringList>

namespace shardlens::ui {

namespace {

constexpr qsizetype MaxLines = 12;

QString tr(const char* text) {
    return QCoreApplication::translate("DeepCheckJob", text);
}

QString counted(std::uint64_t count, const QString& one, const QString& many) {
    return count == 1 ? one : many.arg(style::grouped(count));
}

JobReport reportOf(const Checkpoint& checkpoint, const Findings& deep) {
    Findings all = checkpoint.findings();
    all.insert(all.end(), deep.begin(), deep.end());
    const FindingCounts counts = countFindings(all);
    JobReport report;
    report.outcome = counts.errors == 0 ? JobReport::Outcome::Done : JobReport::Outcome::Failed;
    const QString name = style::plain(checkpoint.facts().name);
    if (all.empty()) {
        report.sentence =
            tr("%1 is sound: %2 read, nothing found.").arg(name, style::bytesText(checkpoint.bytes()));
        return report;
    }
    QStringList parts;
    if (counts.errors > 0)
        parts << counted(counts.errors, tr("1 error"), tr("%1 errors"));
    if (counts.warnings > 0)
        parts << counted(counts.warnings, tr("1 warning"), tr("%1 warnings"));
    if (counts.infos > 0)
        parts << counted(counts.infos, tr("1 note"), tr("%1 notes"));
    report.sentence = tr("Checked %1: %2.").arg(name, parts.join(QStringLiteral(", ")));
    QStringList lines;
    for (const Finding& finding : all) {
        if (lines.size() == MaxLines) {
            lines << tr("%1 more").arg(style::grouped(all.size() - static_cast<std::size_t>(MaxLines)));
            break;
        }
        const QString place = style::place(finding.what.where);
        lines << style::severityText(finding.severity()) + QStringLiteral(": ") +
                     style::message(finding.what) +
                     (place.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(place));
    }
    report.details = lines.join(QLatin1Char('\n'));
    return report;
}

} // namespace

std::function<JobReport(const JobContext&)> deepCheckWork(CheckpointPtr checkpoint) {
    return [checkpoint = std::move(checkpoint)](const JobContext& context) {
        const auto found = deepCheck(checkpoint, context);
        if (found)
            return reportOf(*checkpoint, *found);
        JobReport report;
        const bool cancelled = found.error().rule == &rules::JobCancelled;
        report.outcome = cancelled ? JobReport::Outcome::Cancelled : JobReport::Outcome::Failed;
        report.sentence = cancelled ? tr("The check was stopped.") : style::message(found.error());
        report.details = cancelled ? QString() : style::advice(found.error());
        return report;
    };
}

} // namespace shardlens::ui
