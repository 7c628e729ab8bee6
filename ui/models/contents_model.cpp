// SPDX-License-Identifier: Apache-2.0
#include "ui/models/contents_model.h"

#include "query/item.h"
#include "ui/models/branch_title.h"
#include "ui/models/contents_node.h"
#include "ui/models/tensor_role.h"
#include "ui/style/text.h"

#include <algorithm>

namespace shardlens::ui {
namespace {

bool isNumber(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

ContentsModel::ContentsModel(QObject* parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {
    m_root->loaded = true;
}

ContentsModel::~ContentsModel() = default;

void ContentsModel::setContent(Content content) {
    beginResetModel();
    m_content = std::move(content);
    m_root = std::make_unique<Node>();
    if (m_content.names) {
        m_root->branch = m_content.names->root();
        load(m_root.get());
    }
    m_root->loaded = true;
    endResetModel();
}

ContentsModel::Node* ContentsModel::nodeAt(const QModelIndex& index) const {
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

QModelIndex ContentsModel::indexFor(Node* node) const {
    return node == m_root.get() ? QModelIndex() : createIndex(node->row, 0, node);
}

QModelIndex ContentsModel::index(int row, int column, const QModelIndex& parent) const {
    auto* node = nodeAt(parent);
    if (!node->loaded)
        load(node);
    if (row < 0 || column < 0 || column >= ColumnCount || row >= int(node->children.size()) ||
        parent.column() > 0)
        return {};
    return createIndex(row, column, node->children[std::size_t(row)].get());
}

QModelIndex ContentsModel::parent(const QModelIndex& index) const {
    return index.isValid() ? indexFor(nodeAt(index)->parent) : QModelIndex();
}

/// Rows come to be when somebody counts them: a view does so once a branch is opened.
int ContentsModel::rowCount(const QModelIndex& parent) const {
    if (parent.column() > 0)
        return 0;
    auto* node = nodeAt(parent);
    if (!node->loaded)
        load(node);
    return int(node->children.size());
}

int ContentsModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

bool ContentsModel::hasChildren(const QModelIndex& parent) const {
    if (parent.column() > 0)
        return false;
    const auto* node = nodeAt(parent);
    return !node->loaded || !node->children.empty();
}

QString ContentsModel::labelOf(const Node& node) const {
    const auto& names = *m_content.names;
    if (node.several.count > 0)
        return QStringLiteral("%1 … %2").arg(style::plain(names.label(node.several.first), 64),
                                             style::plain(names.label(node.several.last), 64));
    if (node.labelDepth == node.branch.depth)
        return style::plain(names.label(node.branch));
    const auto& entries = *m_content.names->checkpoint();
    const bool file = node.kind == ContentsRow::Kind::Entry &&
                      !entries.entry(names.entry(names.item(node.branch.begin))).file.valid();
    return branchTitle(names, node.branch, node.labelDepth, file ? QLatin1Char('/') : QLatin1Char('.'));
}

QString ContentsModel::besideOf(const Node& node) const {
    if (node.kind == ContentsRow::Kind::Tensor || node.kind == ContentsRow::Kind::Entry)
        return {};
    const auto sums = sumsOf(node.branch);
    const auto all = m_content.names->sums(node.branch);
    const auto items = sums.tensors + sums.entries, allItems = all.tensors + all.entries;
    if (node.kind == ContentsRow::Kind::Alike)
        return tr("%1 alike").arg(style::grouped(node.several.count));
    if (node.kind == ContentsRow::Kind::Bucket && items == allItems)
        return style::grouped(node.several.count);
    if (node.kind == ContentsRow::Kind::Bucket)
        return tr("%1 of %2").arg(style::grouped(items), style::grouped(allItems));
    if (items < allItems && node.parent == m_root.get())
        return tr("%1 of %2").arg(style::grouped(items), style::grouped(allItems));
    if (const auto numbered = numberedChildren(node))
        return style::grouped(numbered);
    if (node.parent == m_root.get() && node.children.empty())
        return sums.tensors ? tr("%1 tensors").arg(style::grouped(sums.tensors))
                            : tr("%1 values").arg(style::grouped(sums.entries));
    return {};
}

/// How many layers a list of them holds, folded or not; 0 where the children are no numbers.
std::size_t ContentsModel::numberedChildren(const Node& node) const {
    std::size_t count = 0;
    for (const auto& child : node.children) {
        const auto& first = child->several.count == 0 ? child->branch : child->several.first;
        if (first.depth != child->labelDepth || !isNumber(m_content.names->label(first)))
            return 0;
        count += std::max<std::size_t>(child->several.count, 1);
    }
    return count;
}

void ContentsModel::describeItem(const Node& node, ContentsRow& into) const {
    const auto& names = *m_content.names;
    const auto& checkpoint = *names.checkpoint();
    const auto item = names.item(node.branch.begin);
    if (names.isTensor(item)) {
        const auto tensor = checkpoint.tensor(names.tensor(item));
        into.dtype = tensor.dtype();
        into.type = style::plain(tensor.dtypeName(), 32);
        into.shape = style::shapeText(tensor.shape());
        into.slices = tensor.sliceCount();
        into.bytes = tensor.bytes();
        into.role = roleOf(tensor.name());
    } else {
        const auto& entry = checkpoint.entry(names.entry(item));
        into.type = style::plain(entry.typeName, 64);
        into.bytes = entry.stored.size();
    }
}

ContentsRow ContentsModel::row(const QModelIndex& index) const {
    ContentsRow out;
    if (!index.isValid() || !m_content.names)
        return out;
    const auto& node = *nodeAt(index);
    out.kind = node.kind;
    out.name = labelOf(node);
    out.beside = besideOf(node);
    if (node.kind == ContentsRow::Kind::Tensor || node.kind == ContentsRow::Kind::Entry)
        describeItem(node, out);
    else
        out.bytes = sumsOf(node.branch).bytes;
    // Below alike branches a row stands for all of them.
    out.bytes *= node.kind == ContentsRow::Kind::Alike ? node.parent->times : node.times;
    const auto whole = m_content.names->sums(m_content.names->root()).bytes;
    out.share = whole ? double(out.bytes) / double(whole) : 0;
    if (m_content.marks)
        out.severity = m_content.marks->worst(node.branch);
    return out;
}

SelectedItem ContentsModel::itemOf(const QModelIndex& index) const {
    if (!index.isValid() || !m_content.names)
        return {};
    const auto& node = *nodeAt(index);
    const auto& names = *m_content.names;
    switch (node.kind) {
    case ContentsRow::Kind::Tensor:
        return SelectedItem::tensor(names.tensor(names.item(node.branch.begin)));
    case ContentsRow::Kind::Entry:
        return SelectedItem::entry(names.entry(names.item(node.branch.begin)));
    case ContentsRow::Kind::Branch:
        return SelectedItem::of(node.branch);
    case ContentsRow::Kind::Alike:
    case ContentsRow::Kind::Bucket:
        break;
    }
    return {};
}

Branch ContentsModel::leafOf(const SelectedItem& item) const {
    const auto& names = *m_content.names;
    if (item.kind == SelectedItem::Kind::Branch)
        return item.branch;
    ItemIndex position = names.size();
    if (item.isTensor())
        position = item.id;
    else if (item.kind == SelectedItem::Kind::Entry)
        position = names.checkpoint()->tensorCount() + item.id;
    if (position >= names.size())
        return {};
    const auto path = names.pathTo(position);
    return path.empty() ? Branch{} : path.back();
}

QModelIndex ContentsModel::indexOf(const SelectedItem& item) {
    if (!m_content.names || item.isNothing())
        return {};
    const auto wanted = leafOf(item);
    if (wanted.begin >= wanted.end)
        return {};
    Node* node = m_root.get();
    while (true) {
        if (!node->loaded)
            load(node);
        const auto after = std::ranges::upper_bound(node->children, wanted.begin, {},
                                                    [](const auto& child) { return child->branch.begin; });
        // A leaf may begin where a branch of the same name does: the last of those that begin here, then
        // earlier.
        Node* next = nullptr;
        for (auto at = after; at != node->children.begin() && !next;) {
            --at;
            if ((*at)->branch.end >= wanted.end)
                next = at->get();
            else
                break;
        }
        if (!next)
            return {};
        const bool found = next->several.count == 0 && next->branch.begin == wanted.begin &&
                           next->branch.end == wanted.end && next->branch.depth >= wanted.depth;
        if (found)
            return indexFor(next);
        if (next->loaded && next->children.empty())
            return {};
        node = next;
    }
}

std::string ContentsModel::rawName(const QModelIndex& index) const {
    if (!index.isValid() || !m_content.names)
        return {};
    const auto& names = *m_content.names;
    const auto branch = nodeAt(index)->branch;
    const auto item = names.item(branch.begin);
    if (names.isLeaf(branch))
        return names.isTensor(item) ? std::string(names.checkpoint()->tensor(names.tensor(item)).name())
                                    : names.checkpoint()->entry(names.entry(item)).name;
    if (branch.depth == 0)
        return {};
    const auto parts = itemPath(*names.checkpoint(), item); // views on the name
    const auto name = itemName(*names.checkpoint(), item);
    const auto& last = parts[std::min<std::size_t>(branch.depth, parts.size()) - 1];
    return std::string(name.substr(0, std::size_t(last.data() + last.size() - name.data())));
}

bool ContentsModel::isWithinAlike(const QModelIndex& index) const {
    for (const auto* node = nodeAt(index)->parent; node; node = node->parent)
        if (node->kind == ContentsRow::Kind::Alike)
            return true;
    return false;
}

Branch ContentsModel::branchOf(const QModelIndex& index) const {
    return nodeAt(index)->branch;
}

quint64 ContentsModel::keyOf(const QModelIndex& index) const {
    const auto* node = nodeAt(index);
    const quint64 bucket = node->kind == ContentsRow::Kind::Bucket ? 1u << 31 : 0u;
    return (quint64(node->labelDepth) | bucket) << 32 | node->branch.begin;
}

QVariant ContentsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_content.names)
        return {};
    if (role == Qt::TextAlignmentRole && (index.column() == Slices || index.column() == Size))
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole)
        return {};
    if (role == Qt::ToolTipRole && index.column() == Name)
        return style::toolTip(style::plain(rawName(index), 2048));
    const auto shown = row(index);
    switch (index.column()) {
    case Name:
        return shown.name;
    case Type:
        return shown.shape.isEmpty() ? shown.type : shown.type + QLatin1Char(' ') + shown.shape;
    case Slices:
        return shown.slices ? style::grouped(shown.slices) : QString();
    case Size:
        return role == Qt::ToolTipRole ? style::toolTip(style::bytesTip(shown.bytes))
                                       : style::bytesText(shown.bytes);
    case Share:
        return style::percentText(shown.share);
    default:
        return {};
    }
}

QVariant ContentsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Slices || section == Size ? Qt::AlignRight : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Type:
        return tr("Type and shape");
    case Slices:
        return tr("Slices");
    case Size:
        return tr("Size");
    case Share:
        return tr("Share");
    default:
        return {};
    }
}

Qt::ItemFlags ContentsModel::flags(const QModelIndex& index) const {
    return index.isValid() ? Qt::ItemIsSelectable | Qt::ItemIsEnabled : Qt::NoItemFlags;
}

} // namespace shardlens::ui
