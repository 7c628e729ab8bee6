// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/plan_digest.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace shardlens::ui {

/// What stands against a plan, always in sight, with the one button that takes
/// the named tensors out; and what one should know. Never taller than a few
/// lines: longer lists scroll.
class PlanNotes : public QWidget {
    Q_OBJECT

public:
    explicit PlanNotes(QWidget* parent = nullptr);

    void setDigest(const PlanDigestPtr& digest);
    /// The options themselves cannot be understood.
    void setError(const Error& error);
    /// Something is missing before there can be a plan.
    void setProblem(const QString& sentence);
    QPushButton* excludeButton() const { return m_exclude; }
    QPushButton* replaceButton() const { return m_replace; }
    /// The buttons that each exclude what one note names, in the notes' order.
    const std::vector<QPushButton*>& noteButtons() const { return m_noteButtons; }
    QString text() const;

signals:
    void excludeRequested(const std::vector<std::string>& names);
    void replaceRequested();

private:
    void clear();
    void addRow(const PlanNote& note, bool offersExclusion);

    QVBoxLayout* m_rows;
    QWidget* m_rowBox = nullptr;
    QPushButton* m_exclude;
    QPushButton* m_replace;
    QWidget* m_buttons;
    std::vector<QPushButton*> m_noteButtons;
    std::vector<std::string> m_names;
};

} // namespace shardlens::ui
