// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/findings_model.h"

#include <QWidget>

class QStackedLayout;

namespace shardlens::ui {

class EmptyState;
class Table;
class VerdictCards;

/// What is wrong, where, and what to do. A click goes there; the details explain the rule. Above it, of an
/// archive, who can open it.
class FindingsView : public QWidget {
    Q_OBJECT

public:
    explicit FindingsView(Document* document, QWidget* parent = nullptr);

    Table* table() const { return m_table; }
    FindingsModel* model() const { return m_model; }
    VerdictCards* verdicts() const { return m_verdicts; }
    /// For a title bar: `1 error, 2 warnings, 1 note`.
    QString summary() const;

signals:
    void summaryChanged();
    /// Somebody asked to see what the finding is about (Enter, double click).
    void activated();

private:
    void becomeCheckpoint();
    void followSelection();
    void copy() const;

    Document* m_document;
    FindingsModel* m_model;
    VerdictCards* m_verdicts;
    Table* m_table;
    EmptyState* m_nothing;
    QStackedLayout* m_stack;
    bool m_updating = false;
};

} // namespace shardlens::ui
