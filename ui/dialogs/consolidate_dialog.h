// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/plan_digest.h"
#include "ui/jobs/job_runner.h"
#include "ui/shell/services.h"

#include <QDialog>
#include <QTimer>

#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QAbstractButton;
class QTableView;
class QToolButton;

namespace shardlens::style {
class LinkButton;
class QuietLabel;
} // namespace shardlens::style

namespace shardlens::ui {

class CommandBox;
class DiskLine;
class LeftOutModel;
class MoreOptions;
class PathField;
class PlanFilesModel;
class PlanNotes;
class PlanSaver;

/// The plan of a consolidation: what would be written where, what stays out and
/// why, what stands against it. Every change plans again in the background;
/// nothing is written before "Consolidate", which queues a job.
class ConsolidateDialog : public QDialog {
    Q_OBJECT

public:
    /// `path` is how the source was given; for the command.
    ConsolidateDialog(const Services& services, CheckpointPtr source, const QString& path,
                      const QString& target, QWidget* parent = nullptr);

    /// As the widgets say now.
    convert::Options options() const;
    /// Null until the first plan is there.
    const PlanDigestPtr& digest() const { return m_digest; }
    /// The plan shown is that of the options shown.
    bool isSettled() const { return !m_planning && !m_debounce.isActive(); }
    MoreOptions* more() const { return m_more; }
    PathField* target() const { return m_target; }
    QPushButton* startButton() const { return m_start; }
    PlanNotes* notes() const { return m_notes; }
    /// Queues the plan as a job, where it is settled and nothing blocks it.
    void start();
    /// Takes what names suggest; never done without a click.
    void take(const convert::Suggestion& suggestion);
    std::vector<QAbstractButton*> offers() const;

signals:
    void planned();
    /// The job is in the list; the dialog closes.
    void started(int job);

protected:
    // A checkpoint, index or map dragged anywhere over the dialog is a layout to copy.
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void build(const QString& target);
    QWidget* head();
    QWidget* choices(const QString& target);
    QWidget* tables();
    QWidget* foot();
    void connectChoices();

    /// What is missing before anything can be planned; empty where nothing is.
    QString problemOfChoices() const;
    void changed();
    void plan();
    void become(const PlanDigestPtr& digest);
    void fail(const Error& error);
    void showPlanLine();
    void showOffers();
    QString command() const;

    /// Entries of the choice of the largest file that are no sizes.
    enum { Recorded, SingleFile };

    Services m_services;
    CheckpointPtr m_source;
    QString m_path;
    PlanDigestPtr m_digest;
    QTimer m_debounce;
    std::optional<JobHandle<Result<PlanDigestPtr>>> m_planning;
    PlanSaver* m_saver;

    PathField* m_target;
    QComboBox* m_shards;
    QComboBox* m_cast;
    QComboBox* m_verify;
    QCheckBox* m_dropOptimizer;
    QCheckBox* m_values;
    QToolButton* m_fold;
    QWidget* m_offers; ///< what names suggest, one click each
    MoreOptions* m_more;
    style::QuietLabel* m_planLine;
    style::QuietLabel* m_leftOutLine;
    QWidget* m_leftOutBox;
    QTableView* m_filesTable;
    QTableView* m_leftOutTable;
    PlanFilesModel* m_files;
    LeftOutModel* m_leftOut;
    PlanNotes* m_notes;
    DiskLine* m_disk;
    CommandBox* m_command;
    QPushButton* m_save;
    QPushButton* m_start;
};

} // namespace shardlens::ui
