// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/flat_table.h"

#include <QHeaderView>

namespace shardlens::ui {

namespace {

constexpr int RowHeight = 24;

/// Shows all rows where there are few, and scrolls where there are many.
class FlatTable : public QTableView {
public:
    QSize sizeHint() const override {
        const int rows = model() ? qMin(model()->rowCount(), 7) : 1;
        return {640, horizontalHeader()->sizeHint().height() + qMax(1, rows) * RowHeight + 4};
    }
    QSize minimumSizeHint() const override {
        const int rows = model() ? qMin(model()->rowCount(), 2) : 1;
        return {320, horizontalHeader()->sizeHint().height() + qMax(1, rows) * RowHeight + 4};
    }
};

} // namespace

QTableView* flatTable(QAbstractItemModel* model, const QString& name, int stretchColumn) {
    auto* view = new FlatTable;
    view->setModel(model);
    view->setAccessibleName(name);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setTextElideMode(Qt::ElideMiddle);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(RowHeight);
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setSectionResizeMode(stretchColumn, QHeaderView::Stretch);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    QObject::connect(model, &QAbstractItemModel::modelReset, view, [view] { view->updateGeometry(); });
    return view;
}

} // namespace shardlens::ui
