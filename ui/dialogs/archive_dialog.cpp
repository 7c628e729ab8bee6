// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/archive_dialog.h"

#include "ui/dialogs/command_box.h"
#include "ui/dialogs/components_model.h"
#include "ui/dialogs/disk_line.h"
#include "ui/dialogs/left_out_model.h"
#include "ui/dialogs/more_options.h"
#include "ui/dialogs/plan_notes.h"
#include "ui/document/paths.h"
#include "ui/jobs/job_list.h"
#include "ui/settings/settings.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QDir>
#include <QLabel>
#include <QPushButton>

#include <utility>

namespace shardlens::ui {

QString ArchiveDialog::problem() const {
    return m_target->path().isEmpty() ? tr("Choose where to write to.") : QString();
}

void ArchiveDialog::digested(const ArchiveDigest&) {}

std::string ArchiveDialog::targetPath() const {
    return m_target->path().isEmpty() ? std::string() : toPath(QDir::cleanPath(m_target->path()));
}

void ArchiveDialog::changed() {
    m_start->setEnabled(false);
    m_command->setCommand(command());
    m_debounce.start();
}

void ArchiveDialog::plan() {
    m_debounce.stop();
    m_command->setCommand(command());
    m_start->setEnabled(false);
    if (const QString missing = problem(); !missing.isEmpty()) {
        m_planning.reset();
        m_notes->setProblem(missing);
        return;
    }
    m_planning.emplace(m_services.runner->run<Result<ArchiveDigestPtr>>(planning()));
    m_planning->then([this](const Result<ArchiveDigestPtr>& result) {
        m_planning.reset();
        if (result)
            become(*result);
        else
            fail(result.error());
        emit planned();
    });
}

void ArchiveDialog::become(const ArchiveDigestPtr& digest) {
    m_digest = digest;
    m_about->setText(digest->about);
    m_components->setRows(digest->components);
    m_leftOut->setDigest(digest->shown);
    m_leftOutBox->setVisible(!digest->shown->leftOut.empty());
    m_leftOutLine->setText(style::bytesText(digest->shown->leftOutBytes));
    m_readers->setCards(digest->readers);
    m_readersTitle->setVisible(!digest->readers.empty());
    m_notes->setDigest(digest->shown);
    m_disk->setDigest(digest->shown);
    m_start->setEnabled(!digest->blocked());
    m_save->setEnabled(true);
    digested(*digest);
}

void ArchiveDialog::fail(const Error& error) {
    m_digest.reset();
    m_notes->setError(error);
    m_save->setEnabled(false);
}

void ArchiveDialog::start() {
    if (!m_digest || m_digest->blocked() || !isSettled())
        return;
    const unsigned threads = m_services.settings->threads();
    const std::uint64_t memory = m_services.settings->memory();
    const int job =
        m_services.jobs->add(jobTitle(), [work = work(m_digest), threads, memory](const JobContext& given) {
            JobContext context = given;
            context.threads = threads;
            context.memory = memory;
            return work(context);
        });
    emit started(job);
    accept();
}

} // namespace shardlens::ui
