// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/jobs/job_list.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace shardlens::style {
class Glyph;
class LinkButton;
class QuietLabel;
class ThinBar;
} // namespace shardlens::style

namespace shardlens::ui {

/// One job in the panel: its bar, bytes, rate and time left with a button that stops it, and later its
/// report.
class JobRow : public QWidget {
    Q_OBJECT

public:
    explicit JobRow(const Job& job, QWidget* parent = nullptr);

    int id() const { return m_id; }
    /// Shows the job as it is now.
    void refresh(const Job& job);

signals:
    void cancelRequested(int id);
    void openFolderRequested(const QString& folder);
    void openResultRequested(const QString& path);
    void verifyRequested(int id);
    void compareRequested(int id);
    void showRequested(int id);

private:
    void showProgress(const Job& job);
    void showReport(const JobReport& report);

    int m_id;
    bool m_reported = false;
    bool m_verifiable = false;
    QString m_folder, m_result;
    QLabel* m_title;
    style::ThinBar* m_bar;
    style::QuietLabel* m_amount;
    style::QuietLabel* m_rate;
    QToolButton* m_stop;
    QWidget* m_running;
    QWidget* m_ended;
    style::Glyph* m_glyph;
    QLabel* m_sentence;
    QWidget* m_links;
    style::LinkButton* m_show;
    style::LinkButton* m_compare;
    style::LinkButton* m_verify;
    style::LinkButton* m_openFolder;
    style::LinkButton* m_openResult;
};

/// `9.42 of 15.0 GiB` with one unit where both have the same.
QString amountText(const ProgressSnapshot& progress);
/// `1.90 GiB/s   3 s left`; only what is measured.
QString rateText(const ProgressSnapshot& progress);
/// `3 s`, `2 min 10 s`, `1 h 5 min`.
QString durationText(double seconds);

} // namespace shardlens::ui
