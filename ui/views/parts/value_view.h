// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/jobs/job_runner.h"
#include "ui/models/value_model.h"

#include <QWidget>

#include <optional>

class QPlainTextEdit;
class QStackedLayout;
class QTreeView;

namespace shardlens::ui {

/// A value as a foldable tree or as text, with find. Long text is made and searched in a worker and cut with
/// a sentence that says so.
class ValueView : public QWidget {
    Q_OBJECT

public:
    /// Characters of text that are shown.
    static constexpr qsizetype ShownText = 2'000'000;

    ValueView(JobRunner* runner, QWidget* parent);
    ~ValueView() override;

    void setValue(const Value& value);
    void clear();
    bool showsText() const;
    void setShowsText(bool text);
    void find(const QString& text, bool forward = true);
    void copy() const;
    QTreeView* tree() const { return m_tree; }
    QPlainTextEdit* text() const { return m_text; }

signals:
    void found(bool any);

private:
    void makeText();
    void openFirst();

    JobRunner* m_runner;
    ValueModel* m_model;
    QTreeView* m_tree;
    QPlainTextEdit* m_text;
    QStackedLayout* m_stack;
    bool m_textMade = false;
    std::optional<JobHandle<QString>> m_making;
    std::optional<JobHandle<Result<std::optional<ValuePath>>>> m_finding;
};

} // namespace shardlens::ui
