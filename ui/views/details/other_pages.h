// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/tensors_model.h"
#include "ui/views/details/page.h"

#include <optional>

class QToolButton;

namespace shardlens::ui {

class Table;
class ValueView;

/// Tensors under a heading, with a click that goes there: for branches and findings.
class TensorList : public QWidget {
    Q_OBJECT

public:
    TensorList(Document* document, const QString& title, QWidget* parent);
    void setTensors(std::vector<std::uint32_t> tensors, std::uint64_t all);

private:
    Document* m_document;
    SectionHeader* m_header;
    TensorsModel* m_model;
    Table* m_table;
    bool m_updating = false;
};

/// The checkpoint as a whole: what nothing selected means.
class OverviewPage : public DetailsPage {
    Q_OBJECT

public:
    explicit OverviewPage(Document* document, QWidget* parent = nullptr);
    void showCheckpoint();
    void clear() override;

private:
    NameLabel* m_name;
    FactGrid* m_facts;
    FactGrid* m_types;
    QWidget* m_verdicts;
    std::optional<JobHandle<Result<FactPairs>>> m_counting;
};

class BranchPage : public DetailsPage {
    Q_OBJECT

public:
    explicit BranchPage(Document* document, QWidget* parent = nullptr);
    void showBranch(const Branch& branch);
    void clear() override;

private:
    NameLabel* m_name;
    FactGrid* m_facts;
    TensorList* m_list;
};

class EntryPage : public DetailsPage {
    Q_OBJECT

public:
    explicit EntryPage(Document* document, QWidget* parent = nullptr);
    ~EntryPage() override;
    void showEntry(EntryId entry);
    void clear() override;

private:
    NameLabel* m_name;
    FactGrid* m_facts;
    ValueView* m_value;
    QWidget* m_failure;
    std::optional<JobHandle<Result<Value>>> m_reading;
};

class FilePage : public DetailsPage {
    Q_OBJECT

public:
    explicit FilePage(Document* document, QWidget* parent = nullptr);
    void showFile(FileId file);
    void clear() override;

private:
    NameLabel* m_name;
    FactGrid* m_facts;
    SectionHeader* m_anatomyHeader;
    FactGrid* m_anatomy;
    SectionHeader* m_metadataHeader;
    FactGrid* m_metadata;
};

class FindingPage : public DetailsPage {
    Q_OBJECT

public:
    explicit FindingPage(Document* document, QWidget* parent = nullptr);
    void showFinding(FindingId finding);
    void clear() override;

private:
    NameLabel* m_name;
    QWidget* m_sentence;
    FactGrid* m_facts;
    TensorList* m_list;
};

} // namespace shardlens::ui
