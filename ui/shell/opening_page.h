// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace shardlens::style {
class QuietLabel;
class ThinBar;
} // namespace shardlens::style

namespace shardlens::ui {

/// What is being opened, how far it is, and a way to stop.
class OpeningPage : public QWidget {
    Q_OBJECT

public:
    explicit OpeningPage(Document* document, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void begin();
    void refresh();
    void addStage(const QString& stage);

    struct Stage {
        QString name;
        QWidget* mark;
        style::QuietLabel* amount;
    };
    Document* m_document;
    QTimer m_timer;
    QLabel* m_title;
    style::QuietLabel* m_where;
    style::ThinBar* m_bar;
    style::QuietLabel* m_text;
    QPushButton* m_cancel;
    QWidget* m_stageBox = nullptr;
    QVBoxLayout* m_stages;
    std::vector<Stage> m_seen;
};

} // namespace shardlens::ui
