// SPDX-License-Identifier: Apache-2.0
#include "ui/models/value_model.h"

#include "model/value_json.h"
#include "ui/models/cell.h"
#include "ui/style/text.h"

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr std::size_t LineBytes = 400;

QString keyOf(const Value& parent, std::size_t index) {
    const auto kind = parent.kind();
    if (kind != Value::Kind::Dict && kind != Value::Kind::Object)
        return QString::number(index);
    const auto key = parent.key(index);
    return key.kind() == Value::Kind::String ? style::plain(key.text(), LineBytes)
                                             : style::plain(toLine(key), LineBytes);
}

} // namespace

struct ValueModel::Node {
    Value value;                     // of a bucket: the list's
    std::size_t index = 0;           // among the value's siblings
    std::size_t first = 0, last = 0; // of a bucket: children [first, last)
    bool bucket = false;
    bool loaded = false;
    int row = 0;
    Node* parent = nullptr;
    std::vector<std::unique_ptr<Node>> children;

    std::size_t begin() const { return bucket ? first : 0; }
    std::size_t end() const { return bucket ? last : value.size(); }
};

ValueModel::ValueModel(QObject* parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {
    m_root->loaded = true;
}

ValueModel::~ValueModel() = default;

void ValueModel::setValue(Value value) {
    beginResetModel();
    m_value = value;
    m_root = std::make_unique<Node>();
    m_root->value = std::move(value);
    m_root->children = makeRows(m_root.get());
    m_root->loaded = true;
    endResetModel();
}

std::vector<std::unique_ptr<ValueModel::Node>> ValueModel::makeRows(Node* parent) {
    std::vector<std::unique_ptr<Node>> rows;
    const auto begin = parent->begin(), end = parent->end();
    std::size_t step = 1;
    while ((end - begin + step - 1) / step > BucketSize)
        step *= BucketSize;
    for (auto at = begin; at < end; at += step) {
        auto node = std::make_unique<Node>();
        node->parent = parent;
        node->row = int(rows.size());
        node->index = at;
        node->bucket = step > 1;
        node->first = at;
        node->last = std::min(at + step, end);
        node->value = node->bucket ? parent->value : parent->value.at(at);
        node->loaded = !node->bucket && node->value.size() == 0;
        rows.push_back(std::move(node));
    }
    return rows;
}

void ValueModel::load(Node* node) {
    node->children = makeRows(node);
    node->loaded = true;
}

ValueModel::Node* ValueModel::nodeAt(const QModelIndex& index) const {
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

QModelIndex ValueModel::indexFor(Node* node) const {
    return node == m_root.get() ? QModelIndex() : createIndex(node->row, 0, node);
}

QModelIndex ValueModel::indexOf(const ValuePath& path) {
    Node* node = m_root.get();
    for (const auto step : path) {
        do {
            if (!node->loaded)
                load(node);
            const auto found = std::ranges::find_if(node->children, [&](const auto& child) {
                return step >= child->first && step < child->last;
            });
            if (found == node->children.end())
                return {};
            node = found->get();
        } while (node->bucket);
    }
    return indexFor(node);
}

ValuePath ValueModel::pathOf(const QModelIndex& index) const {
    ValuePath path;
    for (const auto* node = nodeAt(index); node->parent; node = node->parent)
        if (!node->bucket)
            path.push_back(node->index);
    std::ranges::reverse(path);
    return path;
}

Value ValueModel::valueOf(const QModelIndex& index) const {
    return nodeAt(index)->value;
}

QModelIndex ValueModel::index(int row, int column, const QModelIndex& parent) const {
    auto* node = nodeAt(parent);
    if (!node->loaded)
        load(node);
    if (row < 0 || column < 0 || column >= ColumnCount || row >= int(node->children.size()) ||
        parent.column() > 0)
        return {};
    return createIndex(row, column, node->children[std::size_t(row)].get());
}

QModelIndex ValueModel::parent(const QModelIndex& index) const {
    return index.isValid() ? indexFor(nodeAt(index)->parent) : QModelIndex();
}

/// Rows come to be when somebody counts them: a view does so once a branch is opened.
int ValueModel::rowCount(const QModelIndex& parent) const {
    if (parent.column() > 0)
        return 0;
    auto* node = nodeAt(parent);
    if (!node->loaded)
        load(node);
    return int(node->children.size());
}

int ValueModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

bool ValueModel::hasChildren(const QModelIndex& parent) const {
    const auto* node = nodeAt(parent);
    return parent.column() <= 0 && (!node->loaded || !node->children.empty());
}

QString ValueModel::keyText(const Node& node) const {
    if (node.bucket)
        return QStringLiteral("%1 … %2").arg(node.first).arg(node.last - 1);
    return keyOf(node.parent->value, node.index);
}

QString ValueModel::contentText(const Node& node) const {
    if (node.bucket)
        return {};
    switch (node.value.kind()) {
    case Value::Kind::Dict:
    case Value::Kind::Object:
    case Value::Kind::List:
    case Value::Kind::Tuple:
    case Value::Kind::Set:
    case Value::Kind::FrozenSet: {
        const auto type = node.value.kind() == Value::Kind::Object
                              ? style::plain(node.value.typeName(), 200) + QLatin1Char(' ')
                              : QString();
        if (node.value.size() <= 8) {
            const auto line = style::plain(toLine(node.value, 100), LineBytes);
            if (!line.contains(QChar(u'…')))
                return line;
        }
        return type + tr("%1 items").arg(style::grouped(node.value.size()));
    }
    case Value::Kind::String:
        return style::plain(node.value.text(), LineBytes);
    default:
        return style::plain(toLine(node.value, LineBytes), LineBytes);
    }
}

QVariant ValueModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    if (role != Qt::DisplayRole && role != CellRole && role != Qt::ToolTipRole &&
        role != Qt::AccessibleTextRole)
        return {};
    const auto& node = *nodeAt(index);
    Cell cell;
    cell.style = index.column() == Key ? Cell::Style::Name : Cell::Style::Plain;
    if (index.column() == Content && (node.bucket || node.value.size() > 0))
        cell.style = Cell::Style::Secondary;
    cell.text = index.column() == Key ? keyText(node) : contentText(node);
    if (role == CellRole)
        return QVariant::fromValue(cell);
    return role == Qt::ToolTipRole ? QVariant(style::toolTip(cell.text)) : QVariant(cell.text);
}

QVariant ValueModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Key ? tr("Key") : tr("Value");
}

namespace {

/// Walks in order, without recursion; compares text that is shown.
class Finder {
public:
    Finder(const Value& value, const QString& text, const ValuePath& after, const JobContext& context)
        : m_text(text)
        , m_after(after)
        , m_context(context)
        , m_stack{{value, 0}} {}

    Result<std::optional<ValuePath>> run() {
        std::uint64_t steps = 0;
        while (!m_stack.empty()) {
            if (++steps % 1024 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            if (steps > m_context.limits->printedNodes)
                break;
            auto& top = m_stack.back();
            if (top.next >= top.value.size()) {
                m_stack.pop_back();
                if (!m_path.empty())
                    m_path.pop_back();
                continue;
            }
            const auto index = top.next++;
            const auto child = top.value.at(index);
            m_path.push_back(index);
            if (m_path > m_after && matches(top.value, index, child))
                return std::optional(m_path);
            if (child.size() > 0 && m_stack.size() < m_context.limits->pickleDepth && !contains(child))
                m_stack.push_back({child, 0});
            else
                m_path.pop_back();
        }
        return std::optional<ValuePath>();
    }

private:
    struct Level {
        Value value;
        std::size_t next;
    };
    const QString& m_text;
    const ValuePath& m_after;
    const JobContext& m_context;
    std::vector<Level> m_stack;
    ValuePath m_path;

    bool contains(const Value& child) const { // a node inside itself
        return std::ranges::any_of(
            m_stack, [&](const Level& level) { return level.value.identity() == child.identity(); });
    }
    bool matches(const Value& parent, std::size_t index, const Value& child) const {
        const bool keyed = parent.kind() == Value::Kind::Dict || parent.kind() == Value::Kind::Object;
        if (keyed && keyOf(parent, index).contains(m_text, Qt::CaseInsensitive))
            return true;
        if (child.size() > 0)
            return false;
        const auto text = child.kind() == Value::Kind::String
                              ? style::plain(child.text(), 1 << 20)
                              : style::plain(toLine(child, LineBytes), LineBytes);
        return text.contains(m_text, Qt::CaseInsensitive);
    }
};

} // namespace

Result<std::optional<ValuePath>> findInValue(const Value& value, const QString& text, const ValuePath& after,
                                             const JobContext& context) {
    if (text.isEmpty())
        return std::optional<ValuePath>();
    return Finder(value, text, after, context).run();
}

} // namespace shardlens::ui
