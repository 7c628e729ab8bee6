// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/archive_digest.h"
#include "ui/jobs/job_report.h"
#include "ui/jobs/job_runner.h"
#include "ui/shell/services.h"

#include <QDialog>
#include <QTimer>

#include <functional>
#include <optional>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace shardlens::style {
class QuietLabel;
} // namespace shardlens::style

namespace shardlens::ui {

class CommandBox;
class ComponentsModel;
class DiskLine;
class LeftOutModel;
class PathField;
class PlanNotes;
class PlanSaver;

/// What exporting and unpacking an archive have in common: the plan is the dialog. Every change plans again in the
/// background, the newest wins; nothing is written before the button, which queues a job.
class ArchiveDialog : public QDialog {
    Q_OBJECT

public:
    /// Null until the first plan is there.
    const ArchiveDigestPtr& digest() const { return m_digest; }
    /// The plan shown is that of the options shown.
    bool isSettled() const { return !m_planning && !m_debounce.isActive(); }
    PathField* target() const { return m_target; }
    ComponentsModel* components() const { return m_components; }
    PlanNotes* notes() const { return m_notes; }
    QPushButton* startButton() const { return m_start; }
    /// Queues the plan as a job, where it is settled and nothing blocks it.
    void start();
    /// The call of the command line that does the same.
    virtual QString command() const = 0;

signals:
    void planned();
    /// The job is in the list; the dialog closes.
    void started(int job);

protected:
    using Planning = std::function<Result<ArchiveDigestPtr>(const JobContext&)>;
    using Work = std::function<JobReport(const JobContext&)>;

    struct Words {
        QString window, title, start, components;
        QString icon;
        bool toFolder = true;
    };

    ArchiveDialog(const Services& services, QWidget* parent);
    /// Builds the widgets; `choices` stands below the target and may be null.
    void build(const Words& words, const QString& target, QWidget* choices);

    /// What is missing before anything can be planned; empty where nothing is.
    virtual QString problem() const;
    /// Captures values only.
    virtual Planning planning() const = 0;
    virtual Work work(const ArchiveDigestPtr& digest) const = 0;
    virtual QString jobTitle() const = 0;
    /// The user ticked a component or chose its weights.
    virtual void edited() { changed(); }
    /// A new plan is shown.
    virtual void digested(const ArchiveDigest& digest);
    /// The user agreed that what stands at the target is replaced.
    virtual void replace() = 0;

    void changed();
    void plan();
    /// As options take it.
    std::string targetPath() const;

private:
    QWidget* head(const Words& words);
    QWidget* tables(const Words& words);
    QWidget* foot(const Words& words);
    void become(const ArchiveDigestPtr& digest);
    void fail(const Error& error);

    Services m_services;
    ArchiveDigestPtr m_digest;
    QTimer m_debounce;
    std::optional<JobHandle<Result<ArchiveDigestPtr>>> m_planning;
    PlanSaver* m_saver;

    style::QuietLabel* m_about;
    PathField* m_target;
    ComponentsModel* m_components;
    LeftOutModel* m_leftOut;
    QWidget* m_leftOutBox;
    style::QuietLabel* m_leftOutLine;
    QLabel* m_readersTitle;
    VerdictCards* m_readers;
    PlanNotes* m_notes;
    DiskLine* m_disk;
    CommandBox* m_command;
    QPushButton* m_save;
    QPushButton* m_start;
};

} // namespace shardlens::ui
