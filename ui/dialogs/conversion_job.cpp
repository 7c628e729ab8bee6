// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/conversion_job.h"

#include "convert/convert.h"
#include "ui/dialogs/job_outcome.h"
#include "ui/document/paths.h"
#include "ui/style/text.h"

#include <QCoreApplication>

namespace shardlens::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ConversionJob", text);
}

/// Reads everything back once more, after the run.
JobReport verifyAll(const convert::Plan& plan, const JobContext& context) {
    const auto verified = convert::verifyResult(plan, context);
    if (!verified)
        return failureReport(verified.error(), true);
    JobReport report;
    report.sentence =
        tr("%1 holds what the source holds: %2 compared byte by byte.")
            .arg(style::plain(toPath(lastPart(fromPath(plan.target)))), style::bytesText(plan.bytesWritten));
    report.result = fromPath(plan.target);
    return report;
}

} // namespace

std::function<JobReport(const JobContext&)> conversionWork(std::shared_ptr<const convert::Plan> plan,
                                                           const convert::Options& options,
                                                           const QString& sourcePath) {
    return [plan = std::move(plan), options, sourcePath](const JobContext& context) {
        const auto done = convert::execute(*plan, options, context);
        if (!done)
            return failureReport(done.error(), false);
        auto report = doneReport(*done);
        report.source = plan->sources.front();
        report.sourcePath = sourcePath;
        if (done->verified != convert::Verify::Full)
            report.verify = [plan](const JobContext& again) {
                return verifyAll(*plan, again);
            };
        return report;
    };
}

} // namespace shardlens::ui
