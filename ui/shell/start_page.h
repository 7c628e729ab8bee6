// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/shell/pictures.h"
#include "ui/shell/recent_items.h"

#include <QScrollArea>

class QLabel;
class QPushButton;
class QTableView;

namespace shardlens::style {
class LinkButton;
class QuietLabel;
} // namespace shardlens::style

namespace shardlens::ui {

class RecentModel;

/// An action in words and a picture, with a link that starts it.
class ActionCard : public QWidget {
    Q_OBJECT

public:
    ActionCard(Picture picture, const QString& title, const QString& text, const QString& link,
               QWidget* parent = nullptr);
    QSize sizeHint() const override { return {296, 226}; }
    QSize minimumSizeHint() const override { return {200, 226}; }

signals:
    void chosen();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Picture m_picture;
    QString m_title, m_text;
};

/// What the window shows while nothing is open.
class StartPage : public QScrollArea {
    Q_OBJECT

public:
    explicit StartPage(RecentItems* recent, QWidget* parent = nullptr);
    QTableView* recentView() const { return m_recentView; }
    /// The sample is being written: its button waits.
    void setSampleBusy(bool busy);

signals:
    void openRequested();
    void consolidateRequested();
    void archiveRequested();
    void sampleRequested();
    void recentRequested(const QString& path);

private:
    QWidget* cards();
    QWidget* recents();
    QWidget* sample();
    void showRecents();

    RecentItems* m_recent;
    RecentModel* m_model;
    QTableView* m_recentView = nullptr;
    QWidget* m_recentBox = nullptr;
    QWidget* m_sampleBox = nullptr;
    QPushButton* m_sample = nullptr;
};

} // namespace shardlens::ui
