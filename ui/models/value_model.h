// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/job_context.h"
#include "model/value.h"

#include <QAbstractItemModel>

#include <memory>
#include <optional>
#include <vector>

namespace shardlens::ui {

/// Where something is inside a value: the index of a child at each level.
using ValuePath = std::vector<std::size_t>;

/// A value as a foldable tree. Children exist once their parent is opened, so that shared nodes and cycles
/// cost nothing; long lists are split into buckets.
class ValueModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Key, Content, ColumnCount };
    static constexpr std::size_t BucketSize = 1000;

    explicit ValueModel(QObject* parent = nullptr);
    ~ValueModel() override;

    void setValue(Value value);
    const Value& value() const { return m_value; }
    QModelIndex indexOf(const ValuePath& path);
    ValuePath pathOf(const QModelIndex& index) const;
    Value valueOf(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;
    Node* nodeAt(const QModelIndex& index) const;
    QModelIndex indexFor(Node* node) const;
    static std::vector<std::unique_ptr<Node>> makeRows(Node* parent);
    static void load(Node* node);
    QString keyText(const Node& node) const;
    QString contentText(const Node& node) const;

    Value m_value;
    std::unique_ptr<Node> m_root;
};

/// The next place after `after` (exclusive; from the start where empty) whose key or scalar contains the
/// text, without regard to case. Steps are counted: a value that shares nodes can be endless.
Result<std::optional<ValuePath>> findInValue(const Value& value, const QString& text, const ValuePath& after,
                                             const JobContext& context);

} // namespace shardlens::ui
