// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/plan_saver.h"

#include "ui/settings/settings.h"

#include <QFileDialog>
#include <QMessageBox>
#include <QSaveFile>

#include <utility>

namespace shardlens::ui {

void PlanSaver::save(QWidget* window, std::function<QByteArray()> json) {
    auto* dialog = new QFileDialog(window, tr("Save the plan"), m_services.settings->lastFolder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->setNameFilter(tr("JSON (*.json)"));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, window, json = std::move(json)](const QString& file) { write(window, file, json); });
    dialog->open();
}

void PlanSaver::write(QWidget* window, const QString& file, std::function<QByteArray()> json) {
    m_saving.emplace(m_services.runner->run<QString>([json = std::move(json), file](const JobContext&) {
        QSaveFile out(file);
        const bool written = out.open(QIODevice::WriteOnly) && out.write(json()) >= 0 && out.commit();
        return written ? QString() : out.errorString();
    }));
    m_saving->then([this, window, file](const QString& failure) {
        m_saving.reset();
        if (!failure.isEmpty())
            QMessageBox::warning(window, tr("Save the plan"),
                                 tr("%1 was not written: %2").arg(file, failure));
    });
}

} // namespace shardlens::ui
