// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/job_outcome.h"

#include "ui/document/paths.h"
#include "ui/style/text.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace shardlens::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("JobOutcome", text);
}

QString verifiedText(convert::Verify verified) {
    switch (verified) {
    case convert::Verify::None:
        return tr("not verified");
    case convert::Verify::Layout:
        return tr("layout verified");
    case convert::Verify::Full:
        return tr("every byte verified");
    }
    return {};
}

} // namespace

JobReport failureReport(const Error& error, bool verifying) {
    JobReport report;
    const bool cancelled = error.rule == &rules::JobCancelled;
    report.outcome = cancelled ? JobReport::Outcome::Cancelled : JobReport::Outcome::Failed;
    if (cancelled) {
        report.sentence = verifying ? tr("The verification was stopped; what was written stays.")
                                    : tr("Stopped. Nothing stands under a final name.");
        return report;
    }
    report.sentence = style::message(error);
    QStringList details;
    if (const QString place = style::place(error.where); !place.isEmpty())
        details << place;
    if (const QString advice = style::advice(error); !advice.isEmpty() && !verifying)
        details << advice;
    report.details = details.join(QLatin1Char('\n'));
    return report;
}

JobReport doneReport(const convert::Report& done) {
    JobReport report;
    const QString target = fromPath(done.target);
    const QString seconds = QString::number(done.seconds, 'f', done.seconds < 10 ? 1 : 0);
    report.sentence = tr("Wrote %1: %2, %3 in %4 s, %5.")
                          .arg(style::plain(toPath(lastPart(target))),
                               done.files == 1 ? tr("1 file") : tr("%1 files").arg(done.files),
                               style::bytesText(done.bytesWritten), seconds, verifiedText(done.verified));
    QStringList details;
    if (done.castOverflows > 0)
        details
            << tr("%1 finite values became infinite by the cast.").arg(style::grouped(done.castOverflows));
    for (const Finding& note : done.notes)
        if (note.severity() != Severity::Info)
            details << style::message(note.what);
    report.details = details.join(QLatin1Char('\n'));
    const QFileInfo info(target);
    report.folder = info.isDir() ? target : info.absolutePath();
    report.result = target;
    return report;
}

} // namespace shardlens::ui
