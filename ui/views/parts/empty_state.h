// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QWidget>

#include <functional>

class QHBoxLayout;
class QLabel;

namespace shardlens::ui {

/// What a view shows where it has nothing to show: what is the matter and what to do.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    explicit EmptyState(QWidget* parent = nullptr);

    void setText(const QString& title, const QString& explanation = {});
    void clearActions();
    void addAction(const QString& text, const std::function<void()>& act);

private:
    QLabel* m_title;
    QLabel* m_explanation;
    QHBoxLayout* m_actions;
};

} // namespace shardlens::ui
