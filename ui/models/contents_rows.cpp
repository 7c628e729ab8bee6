// SPDX-License-Identifier: Apache-2.0
// How branches become rows: folding, chains, buckets.
#include "ui/models/contents_node.h"

#include <algorithm>

namespace shardlens::ui {
namespace {

/// A branch of more items is never looked through for a chain of single children.
constexpr std::uint32_t ChainItems = 4096;

} // namespace

bool ContentsModel::shown(const Branch& branch) const {
    const auto sums = sumsOf(branch);
    return sums.tensors + sums.entries > 0;
}

BranchSums ContentsModel::sumsOf(const Branch& branch) const {
    return m_content.filter ? m_content.filter->sums(*m_content.names, branch)
                            : m_content.names->sums(branch);
}

std::vector<Branch> ContentsModel::shownChildren(const Branch& branch) const {
    auto children = m_content.names->children(branch);
    if (m_content.filter && !m_content.filter->matchesAll())
        std::erase_if(children, [this](const Branch& child) { return !shown(child); });
    return children;
}

std::unique_ptr<ContentsModel::Node> ContentsModel::makeRow(Node* parent, const Branch& branch) const {
    const auto& names = *m_content.names;
    auto node = std::make_unique<Node>();
    node->parent = parent;
    node->branch = branch;
    node->labelDepth = branch.depth;
    while (!names.isLeaf(node->branch) && node->branch.end - node->branch.begin <= ChainItems) {
        const auto children = names.children(node->branch);
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
ContentsModel::makeRows(Node* parent, std::vector<Branch> branches) const {
    std::vector<std::unique_ptr<Node>> rows;
    const auto several = [&](ContentsRow::Kind kind, std::size_t first, std::size_t last) {
        auto node = std::make_unique<Node>();
        node->kind = kind;
        node->parent = parent;
        node->bucket.assign(branches.begin() + std::ptrdiff_t(first),
                            branches.begin() + std::ptrdiff_t(last));
        node->branch = {node->bucket.front().begin, node->bucket.back().end, node->bucket.front().depth};
        node->labelDepth = node->branch.depth;
        rows.push_back(std::move(node));
    };
    auto runs = runsOf(branches);
    if (runs.empty())
        for (std::uint32_t i = 0; i < branches.size(); ++i)
            runs.push_back({i, i});
    std::size_t size = runs.size() <= BucketSize ? 1 : BucketSize;
    while (!runs.empty() && (runs.size() - 1) / size + 1 > BucketSize)
        size *= BucketSize;
    for (std::size_t first = 0; first < runs.size(); first += size) {
        const auto& last = runs[std::min(first + size, runs.size()) - 1];
        if (size > 1)
            several(ContentsRow::Kind::Bucket, runs[first].firstChild, last.lastChild + 1);
        else if (last.count() > 1)
            several(ContentsRow::Kind::Alike, last.firstChild, last.lastChild + 1);
        else
            rows.push_back(makeRow(parent, branches[last.firstChild]));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i]->row = int(i);
        const bool alike = rows[i]->kind == ContentsRow::Kind::Alike;
        rows[i]->times = parent->times * (alike ? rows[i]->bucket.size() : 1);
    }
    return rows;
}

/// A bucket's own, or of alike branches those of the first: it stands for all.
std::vector<Branch> ContentsModel::branchesBelow(const Node& node) const {
    if (node.kind == ContentsRow::Kind::Bucket)
        return node.bucket;
    return shownChildren(node.kind == ContentsRow::Kind::Alike ? node.bucket.front() : node.branch);
}

void ContentsModel::load(Node* node) const {
    node->children = makeRows(node, branchesBelow(*node));
    node->loaded = true;
}

} // namespace shardlens::ui
