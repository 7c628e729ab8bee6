// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/slices_model.h"
#include "ui/views/details/page.h"

#include <optional>

namespace shardlens::ui {

class AnatomyPanel;
class SliceMap;
class StatisticsPanel;
class Table;

/// A tensor: its slices drawn to scale, their byte ranges, ties, facts and findings.
class TensorPage : public DetailsPage {
    Q_OBJECT

public:
    explicit TensorPage(Document* document, QWidget* parent = nullptr);
    ~TensorPage() override;

    void showTensor(TensorId tensor);
    void clear() override;
    SliceMap* map() const { return m_map; }
    AnatomyPanel* anatomy() const { return m_anatomy; }
    /// Room for sections that other parts of the window add, below the slices.
    QVBoxLayout* extra() const { return m_extra; }

signals:
    void slicesWanted(); ///< large, please

private:
    void showFacts(SliceFactsPtr facts);
    FactPairs factsOf(TensorView tensor) const;
    void showFindings(const SliceFacts& facts);
    void showSlice(std::uint32_t index);

    TensorId m_tensor;
    NameLabel* m_name;
    ShapeLine* m_line;
    SectionHeader* m_slicesHeader;
    SliceMap* m_map;
    QWidget* m_findings;
    QVBoxLayout* m_extra;
    FactGrid* m_facts;
    SectionHeader* m_tableHeader;
    Table* m_table;
    SlicesModel* m_model;
    AnatomyPanel* m_anatomy;
    StatisticsPanel* m_statistics;
    bool m_updating = false;
    std::optional<JobHandle<Result<SliceFactsPtr>>> m_cutting;
};

} // namespace shardlens::ui
