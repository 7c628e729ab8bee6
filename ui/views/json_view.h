// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"

#include <QWidget>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedLayout;
class QToolButton;

namespace shardlens::ui {

class EmptyState;
class ValueView;

/// Config, index, metadata and entries as a foldable tree and as text, with find. Follows the selection where
/// an entry is selected.
class JsonView : public QWidget {
    Q_OBJECT

public:
    explicit JsonView(Document* document, QWidget* parent = nullptr);
    ~JsonView() override;

    QComboBox* documents() const { return m_documents; }
    ValueView* value() const { return m_value; }
    QLineEdit* findField() const { return m_find; }

private:
    void becomeCheckpoint();
    void followSelection();
    void showChosen();
    void showEntry(EntryId entry);
    void showFailure(const Error& error);

    Document* m_document;
    QComboBox* m_documents;
    QLineEdit* m_find;
    QLabel* m_notFound;
    QToolButton* m_asText;
    ValueView* m_value;
    EmptyState* m_nothing;
    QStackedLayout* m_stack;
    bool m_updating = false;
    std::optional<JobHandle<Result<Value>>> m_reading;
};

} // namespace shardlens::ui
