// SPDX-License-Identifier: Apache-2.0
// How branches become rows: folding, chains, buckets.
#include "ui/models/contents_node.h"

#include <algorithm>

namespace shardlens::ui {

bool ContentsModel::shown(const Branch& branch) const {
    return !m_content.filter || m_content.filter->any(branch);
}

BranchSums ContentsModel::sumsOf(const Branch& branch) const {
    return m_content.filter ? m_content.filter->sums(*m_content.names, branch)
                            : m_content.names->sums(branch);
}

/// Those that hold something that matches, found from one match to the next.
std::vector<Branch> ContentsModel::matchingChildren(const Branch& branch) const {
    std::vector<Branch> out;
    const auto& filter = *m_content.filter;
    for (auto at = filter.nextMatch(branch.begin, branch.end); at < branch.end;
         at = filter.nextMatch(out.back().end, branch.end))
        out.push_back(m_content.names->childAt(branch, at));
    return out;
}

/// Nothing where there are too many to look at one by one.
std::optional<std::vector<Branch>> ContentsModel::shownChildren(const Branch& branch) const {
    const bool filtered = m_content.filter && !m_content.filter->matchesAll();
    if (filtered && m_content.filter->count(branch) <= LookedAt)
        return matchingChildren(branch);
    auto children = m_content.names->children(branch, LookedAt);
    if (children.size() > LookedAt)
        return std::nullopt;
    if (filtered)
        std::erase_if(children, [this](const Branch& child) { return !shown(child); });
    return children;
}

std::unique_ptr<ContentsModel::Node> ContentsModel::makeRow(Node* parent, const Branch& branch) const {
    const auto& names = *m_content.names;
    auto node = std::make_unique<Node>();
    node->parent = parent;
    node->branch = branch;
    node->labelDepth = branch.depth;
    while (!names.isLeaf(node->branch)) {
        const auto children = names.children(node->branch, 1);
        if (children.size() != 1)
            break;
        node->branch = children.front();
    }
    if (names.isLeaf(node->branch)) {
        const bool tensor = names.isTensor(names.item(node->branch.begin));
        node->kind = tensor ? ContentsRow::Kind::Tensor : ContentsRow::Kind::Entry;
        node->loaded = true;
    }
    return node;
}

std::unique_ptr<ContentsModel::Node> ContentsModel::makeSeveral(Node* parent, ContentsRow::Kind kind,
                                                                const ChildGroup& group) const {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->parent = parent;
    node->several = group;
    node->branch = {group.first.begin, group.last.end, group.first.depth};
    node->labelDepth = group.first.depth;
    return node;
}

std::vector<FoldedRun> ContentsModel::runsOf(const std::vector<Branch>& branches) const {
    if (!m_content.folding || (m_content.filter && !m_content.filter->matchesAll() && !m_content.foldMarks))
        return {};
    std::vector<std::uint32_t> alone;
    for (const auto& branch : branches)
        if (m_content.marks && m_content.marks->count(branch) > 0)
            alone.push_back(branch.begin);
    if (m_content.alone)
        alone.insert(std::ranges::upper_bound(alone, *m_content.alone), *m_content.alone);
    Folding::Splits splits;
    splits.positions = alone;
    splits.marks = m_content.foldMarks.get();
    return m_content.folding->runs(branches, splits);
}

std::vector<std::unique_ptr<ContentsModel::Node>>
ContentsModel::makeRows(Node* parent, const std::vector<Branch>& branches) const {
    std::vector<std::unique_ptr<Node>> rows;
    const auto group = [&](std::uint32_t first, std::uint32_t last) {
        return ChildGroup{branches[first], branches[last], last - first + 1};
    };
    auto runs = runsOf(branches);
    if (runs.empty())
        for (std::uint32_t i = 0; i < branches.size(); ++i)
            runs.push_back({i, i});
    const std::size_t size = runs.size() <= BucketSize ? 1 : BucketSize;
    for (std::size_t first = 0; first < runs.size(); first += size) {
        const auto& last = runs[std::min(first + size, runs.size()) - 1];
        if (size > 1)
            rows.push_back(makeSeveral(parent, ContentsRow::Kind::Bucket,
                                       group(runs[first].firstChild, last.lastChild)));
        else if (last.count() > 1)
            rows.push_back(
                makeSeveral(parent, ContentsRow::Kind::Alike, group(last.firstChild, last.lastChild)));
        else
            rows.push_back(makeRow(parent, branches[last.firstChild]));
    }
    return rows;
}

/// Of a list too long to be looked at: buckets by place, those without a match left out.
std::vector<std::unique_ptr<ContentsModel::Node>> ContentsModel::makeBuckets(Node* parent,
                                                                             const Branch& branch) const {
    std::uint32_t each = BucketSize;
    auto groups = m_content.names->childGroups(branch, each);
    while (groups.size() > BucketSize) { // buckets of buckets
        each *= BucketSize;
        groups = m_content.names->childGroups(branch, each);
    }
    std::vector<std::unique_ptr<Node>> rows;
    for (const auto& group : groups)
        if (shown({group.first.begin, group.last.end, branch.depth}))
            rows.push_back(makeSeveral(parent, ContentsRow::Kind::Bucket, group));
    return rows;
}

/// What a row's children lie in: of alike branches those of the first, which stands for all; of a bucket its
/// part of the branch that the list belongs to.
Branch ContentsModel::listed(const Node& node) const {
    if (node.kind == ContentsRow::Kind::Alike)
        return node.several.first;
    if (node.kind != ContentsRow::Kind::Bucket)
        return node.branch;
    return {node.branch.begin, node.branch.end, listed(*node.parent).depth};
}

void ContentsModel::load(Node* node) const {
    const auto branch = listed(*node);
    const auto children = shownChildren(branch);
    node->children = children ? makeRows(node, *children) : makeBuckets(node, branch);
    for (std::size_t i = 0; i < node->children.size(); ++i) {
        auto& child = *node->children[i];
        child.row = int(i);
        child.times = node->times * (child.kind == ContentsRow::Kind::Alike ? child.several.count : 1);
    }
    node->loaded = true;
}

} // namespace shardlens::ui
