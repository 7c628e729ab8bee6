// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTabBar>
#include <QWidget>

#include <vector>

class QStackedWidget;

namespace shardlens::ui {

/// Flat tabs in groups, the current one underlined in the accent colour.
class GroupTabBar : public QTabBar {
    Q_OBJECT

public:
    explicit GroupTabBar(QWidget* parent = nullptr);
    /// The tab begins a group: a line stands before it.
    void setGroupStart(int index);

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override { return tabSizeHint(index); }
    void paintEvent(QPaintEvent* event) override;

private:
    bool startsGroup(int index) const;
    std::vector<int> m_groupStarts;
};

/// The views in the middle of the window.
class GroupTabs : public QWidget {
    Q_OBJECT

public:
    explicit GroupTabs(QWidget* parent = nullptr);

    void add(QWidget* view, const QString& name, bool startsGroup = false);
    int count() const;
    QString name(int index) const;
    QWidget* view(int index) const;
    int current() const;
    void setCurrent(int index);
    void setCurrent(QWidget* view);
    void setCurrent(const QString& name);
    GroupTabBar* bar() const { return m_bar; }

signals:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    GroupTabBar* m_bar;
    QStackedWidget* m_views;
};

} // namespace shardlens::ui
