// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/plan_digest.h"

#include <QAbstractTableModel>

namespace shardlens::ui {

/// What a plan leaves out, and why.
class LeftOutModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, What, Size, Why, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setDigest(PlanDigestPtr digest);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    PlanDigestPtr m_digest;
};

} // namespace shardlens::ui
