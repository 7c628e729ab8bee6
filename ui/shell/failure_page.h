// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace shardlens::style {
class QuietLabel;
}

namespace shardlens::ui {

/// Something cannot be opened: what happened, where, and what to do.
class FailurePage : public QWidget {
    Q_OBJECT

public:
    explicit FailurePage(QWidget* parent = nullptr);

    /// `openName` is what stays open behind the page; empty where nothing does.
    void show(const QString& path, const Error& error, const QString& openName);
    /// The whole as text, for a message to somebody who can help.
    QString report() const { return m_report; }
    using QWidget::show;

signals:
    void retryRequested(const QString& path);
    void openRequested();
    void backRequested();

private:
    QString m_path, m_report;
    QLabel* m_title;
    QLabel* m_sentence;
    QLabel* m_advice;
    QWidget* m_adviceBox;
    style::QuietLabel* m_place;
    QPushButton* m_back;
};

} // namespace shardlens::ui
