// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTableView>

namespace shardlens::ui {

/// A table of a plan: rows without a grid, as high as its rows up to a few, then it scrolls.
QTableView* flatTable(QAbstractItemModel* model, const QString& name, int stretchColumn);

} // namespace shardlens::ui
