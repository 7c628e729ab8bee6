// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/cell_values.h"

#include <QAbstractTableModel>
#include <QTableView>
#include <QTimer>
#include <QWidget>

#include <optional>

class QCheckBox;
class QLabel;
class QLineEdit;
class QStackedLayout;

namespace shardlens::ui {

class EmptyState;
class NameLabel;
class ShapeLine;
class StatisticsPanel;

/// The window of values that is shown: shape and what has been read of it. Rows and columns beyond what a
/// table can hold are reached by moving the window.
class ValuesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr std::uint64_t MostRows = 200'000, MostColumns = 5'000;

    using QAbstractTableModel::QAbstractTableModel;
    void setPlane(const ValuePlane& plane, std::uint64_t firstRow, std::uint64_t firstColumn);
    void setBlock(ValueBlockPtr block); ///< changes no structure
    void setColored(bool colored) { m_colored = colored; }
    const ValuePlane& plane() const { return m_plane; }
    std::uint64_t firstRow() const { return m_firstRow; }
    std::uint64_t firstColumn() const { return m_firstColumn; }
    const ValueBlockPtr& block() const { return m_block; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    ValuePlane m_plane{0, 0, 0};
    std::uint64_t m_firstRow = 0, m_firstColumn = 0;
    ValueBlockPtr m_block;
    double m_scale = 0; ///< the largest finite magnitude of the block
    bool m_colored = true;
};

/// Statistics, histogram and the values themselves, exact, with where each is stored.
class ValuesView : public QWidget {
    Q_OBJECT

public:
    explicit ValuesView(Document* document, QWidget* parent = nullptr);
    ~ValuesView() override;

    QTableView* grid() const { return m_grid; }
    ValuesModel* model() const { return m_model; }
    QLineEdit* place() const { return m_place; }
    QLabel* footer() const { return m_footer; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    void followSelection();
    void openReader();
    void showFailure(const Error& error);
    void goTo();
    void movePlane(const Dims& index);
    void fetchSoon();
    void fetch();
    void updateFooter();
    void copySelection() const;
    Dims indexAt(const QModelIndex& cell) const;

    Document* m_document;
    TensorId m_tensor;
    Dims m_at; ///< index of the first value of the plane's window; the last two dims are the window's own
    std::shared_ptr<TensorReader> m_reader;
    QStackedLayout* m_stack;
    EmptyState* m_nothing;
    NameLabel* m_name;
    ShapeLine* m_line;
    StatisticsPanel* m_statistics;
    QLineEdit* m_place;
    QCheckBox* m_colored;
    QLabel* m_problem;
    QTableView* m_grid;
    ValuesModel* m_model;
    QLabel* m_footer;
    QTimer m_soon;
    std::optional<JobHandle<Result<std::shared_ptr<TensorReader>>>> m_opening;
    std::optional<JobHandle<Result<ValueBlockPtr>>> m_reading;
};

} // namespace shardlens::ui
