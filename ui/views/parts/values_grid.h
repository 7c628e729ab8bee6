// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/values_model.h"
#include "ui/views/parts/heat_scale.h"

#include <QTableView>
#include <QTimer>
#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QToolButton;

namespace shardlens::ui {

class HeatDelegate;

/// A tensor's values, exact, as a table that can be made small to a heat map, with where the current one is
/// stored. Only what is seen is read.
class ValuesGrid : public QWidget {
    Q_OBJECT

public:
    explicit ValuesGrid(Document* document, QWidget* parent = nullptr);
    ~ValuesGrid() override;

    void clear();
    void setReader(std::shared_ptr<TensorReader> reader, TensorId tensor);
    /// Shows the values from there on, in rows and columns of the plane.
    void showFrom(std::uint64_t row, std::uint64_t column);
    const ValuePlane& plane() const { return m_model->plane(); }
    /// The scale of the whole tensor, once it is known.
    void setUsualScale(const HeatScale& scale);
    const HeatScale& scale() const { return m_scale; }
    void say(const QString& problem);

    QTableView* table() const { return m_grid; }
    ValuesModel* model() const { return m_model; }
    QLineEdit* place() const { return m_place; }
    QLabel* footer() const { return m_footer; }
    QMenu* menu() const { return m_menu; }

    /// Writes the selected rectangle, or all that is seen where nothing is selected. `exported` follows.
    void exportTo(const QString& path);
    QString selectedText() const;
    QPixmap picture() const;
    void zoom(int steps);

signals:
    void frameChanged(std::uint64_t row, std::uint64_t column, std::uint64_t rows, std::uint64_t columns);
    void planeChanged();
    void scaleChanged();
    void exported(const QString& path, const QString& failure); ///< failure is empty where it worked

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Area {
        std::uint64_t row = 0, column = 0, rows = 0, columns = 0;
    };
    QWidget* makeBar();
    void makeMenu();
    void goTo();
    void stepPlane(int by);
    void setIndex(const Dims& index);
    void setWindow(std::uint64_t row, std::uint64_t column);
    void fetchSoon();
    void fetch();
    Area seen() const;
    Area chosen() const;
    void sayFrame();
    void updateScale();
    void updateFooter();
    void applyZoom();
    Dims indexAt(std::uint64_t row, std::uint64_t column) const;
    DimsView shape() const;

    Document* m_document;
    TensorId m_tensor;
    Dims m_outer; ///< of all dims but the plane's
    std::shared_ptr<TensorReader> m_reader;
    QLineEdit* m_place;
    QToolButton* m_before;
    QToolButton* m_after;
    QLabel* m_problem;
    QComboBox* m_format;
    QComboBox* m_colour;
    QToolButton* m_smaller;
    QToolButton* m_larger;
    QToolButton* m_more;
    QMenu* m_menu;
    QTableView* m_grid;
    ValuesModel* m_model;
    HeatDelegate* m_delegate;
    QLabel* m_footer;
    HeatScale m_scale, m_usual;
    int m_zoom = 0;
    std::optional<std::uint64_t> m_said; ///< the element that the footer speaks of
    QTimer m_soon;
    std::optional<JobHandle<Result<ValueBlockPtr>>> m_reading;
    std::optional<JobHandle<QString>> m_exporting;
};

} // namespace shardlens::ui
