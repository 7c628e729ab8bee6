// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QDockWidget;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace shardlens::style {
class QuietLabel;
}

namespace shardlens::ui {

/// A dock's title: its name, a quiet summary, buttons of its view, float and close. All by keyboard as well.
class DockTitle : public QWidget {
    Q_OBJECT

public:
    explicit DockTitle(QDockWidget* dock);

    void setSummary(const QString& summary);
    QString summary() const;
    /// A button of the view, left of float and close.
    QToolButton* addAction(QAction* action);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QToolButton* button(const QString& iconName, const QString& text);

    QLabel* m_name;
    style::QuietLabel* m_summary;
    QHBoxLayout* m_layout;
    int m_firstButton;
};

} // namespace shardlens::ui
