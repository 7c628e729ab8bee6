// SPDX-License-Identifier: Apache-2.0
#include "query/name_tree.h"

#include "jobs/parallel_for.h"
#include "query/key_sort.h"
#include "query/natural_key.h"

#include <algorithm>

namespace shardlens {

namespace {

constexpr std::uint8_t Saturated = 0xff;
constexpr std::uint32_t PositionsATask = 65536;

/// Parts that two keys share: each part ends with the only zero byte in it.
std::uint8_t sharedParts(std::string_view a, std::string_view b) {
    const auto common = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
    const auto count = std::count(a.begin(), common, '\0');
    return static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(count, Saturated));
}

} // namespace

/// Fills a NameTree from sorted keys.
class NameTreeBuilder {
public:
    NameTreeBuilder(CheckpointPtr checkpoint, const JobContext& context) : m_context(context) {
        m_tree->m_tensors = checkpoint->tensorCount();
        m_tree->m_checkpoint = std::move(checkpoint);
    }

    Result<NameTreePtr> run() {
        const auto& checkpoint = *m_tree->m_checkpoint;
        const auto append = [&](std::string& pool, ItemIndex item) {
            for (const auto part : itemPath(checkpoint, item))
                appendNaturalKey(pool, part);
        };
        SHARDLENS_TRY(const auto keys, SortKeys::make(itemCount(checkpoint), append, m_context));
        SHARDLENS_TRY(m_tree->m_order, keys.sorted(m_context));
        SHARDLENS_CHECK(connect(keys));
        SHARDLENS_CHECK(sum());
        return m_tree;
    }

private:
    Result<void> connect(const SortKeys& keys) {
        const auto& order = m_tree->m_order;
        m_tree->m_position.resize(order.size());
        m_tree->m_sharedWithNext.resize(order.size());
        const auto task = [&](std::size_t index) -> Result<void> {
            const auto begin = index * PositionsATask, end = std::min(order.size(), begin + PositionsATask);
            for (auto p = begin; p < end; ++p) {
                m_tree->m_position[order[p]] = static_cast<std::uint32_t>(p);
                if (p + 1 < order.size())
                    m_tree->m_sharedWithNext[p] = sharedParts(keys.at(order[p]), keys.at(order[p + 1]));
            }
            return {};
        };
        return parallelFor(m_context, (order.size() + PositionsATask - 1) / PositionsATask, task);
    }

    Result<void> sum() {
        auto& tree = *m_tree;
        const auto n = tree.m_order.size();
        tree.m_parametersBefore.resize(n + 1);
        tree.m_bytesBefore.resize(n + 1);
        tree.m_tensorsBefore.resize(n + 1);
        for (std::size_t p = 0; p < n; ++p) {
            if (p % PositionsATask == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            const auto item = tree.m_order[p];
            const bool isTensor = tree.isTensor(item);
            std::uint64_t parameters = 0, bytes = 0;
            if (isTensor) {
                const auto tensor = tree.m_checkpoint->tensor(tree.tensor(item));
                parameters = tensor.elements();
                bytes = tensor.bytes();
            } else {
                bytes = tree.m_checkpoint->entry(tree.entry(item)).stored.size();
            }
            tree.m_parametersBefore[p + 1] = tree.m_parametersBefore[p] + parameters;
            tree.m_bytesBefore[p + 1] = tree.m_bytesBefore[p] + bytes;
            tree.m_tensorsBefore[p + 1] = tree.m_tensorsBefore[p] + (isTensor ? 1 : 0);
        }
        return {};
    }

    const JobContext& m_context;
    std::shared_ptr<NameTree> m_tree{new NameTree};
};

Result<NameTreePtr> NameTree::build(CheckpointPtr checkpoint, const JobContext& context) {
    return NameTreeBuilder(std::move(checkpoint), context).run();
}

Branch NameTree::root() const {
    return {0, size(), 0};
}

std::uint32_t NameTree::pathLength(std::uint32_t position) const {
    const auto at = item(position);
    if (isTensor(at))
        return m_checkpoint->tensor(tensor(at)).pathLength();
    return static_cast<std::uint32_t>(itemPath(*m_checkpoint, at).size());
}

bool NameTree::isLeaf(const Branch& branch) const {
    return branch.end - branch.begin == 1 && branch.depth == pathLength(branch.begin);
}

std::string_view NameTree::label(const Branch& branch) const {
    if (branch.depth == 0 || branch.begin == branch.end)
        return {};
    const auto at = item(branch.begin);
    if (isTensor(at))
        return m_checkpoint->tensor(tensor(at)).pathPart(branch.depth - 1);
    return itemPath(*m_checkpoint, at)[branch.depth - 1];
}

bool NameTree::shareParts(std::uint32_t a, std::uint32_t b, std::uint32_t count) const {
    const auto first = itemPath(*m_checkpoint, item(a)), second = itemPath(*m_checkpoint, item(b));
    return first.size() >= count && second.size() >= count &&
           std::equal(first.begin(), first.begin() + count, second.begin());
}

std::uint32_t NameTree::sharedWithNext(std::uint32_t position) const {
    if (m_sharedWithNext[position] != Saturated)
        return m_sharedWithNext[position];
    const auto first = itemPath(*m_checkpoint, item(position));
    const auto second = itemPath(*m_checkpoint, item(position + 1));
    const auto differs = std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first;
    return static_cast<std::uint32_t>(differs - first.begin());
}

/// The end of the items from `begin` on that share `depth` parts with it: a short walk, then galloping.
std::uint32_t NameTree::childEnd(std::uint32_t begin, std::uint32_t end, std::uint32_t depth) const {
    constexpr std::uint32_t walk = 64;
    const auto near = depth < Saturated ? std::min(end, begin + walk) : begin + 1;
    auto at = begin + 1;
    while (at < near && m_sharedWithNext[at - 1] >= depth)
        ++at;
    if (at < near || at == end)
        return at;
    auto low = at - 1; // shares the parts
    std::uint64_t step = 1;
    while (low + step < end && shareParts(begin, static_cast<std::uint32_t>(low + step), depth)) {
        low += static_cast<std::uint32_t>(step);
        step *= 2;
    }
    auto high =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(end, low + step)); // does not, or is the end
    while (high - low > 1) {
        const auto middle = low + (high - low) / 2;
        (shareParts(begin, middle, depth) ? low : high) = middle;
    }
    return high;
}

/// A name that is also a branch is a leaf of that branch, with the branch's own depth.
Branch NameTree::child(std::uint32_t begin, std::uint32_t end, std::uint32_t parentDepth) const {
    const bool own = parentDepth > 0 && end - begin == 1 && pathLength(begin) == parentDepth;
    return {begin, end, parentDepth + (own ? 0 : 1)};
}

std::vector<Branch> NameTree::children(const Branch& branch, std::size_t atMost) const {
    std::vector<Branch> out;
    if (isLeaf(branch))
        return out;
    for (auto at = branch.begin; at < branch.end && out.size() <= atMost;) {
        const auto end = childEnd(at, branch.end, branch.depth + 1);
        out.push_back(child(at, end, branch.depth));
        at = end;
    }
    return out;
}

Branch NameTree::childAt(const Branch& branch, std::uint32_t position) const {
    auto begin = position;
    while (begin > branch.begin && sharedWithNext(begin - 1) > branch.depth)
        --begin;
    return child(begin, childEnd(position, branch.end, branch.depth + 1), branch.depth);
}

std::vector<ChildGroup> NameTree::childGroups(const Branch& branch, std::uint32_t each) const {
    std::vector<ChildGroup> out;
    if (branch.begin >= branch.end || each == 0)
        return out;
    auto firstEnd = branch.begin; // of the group's first child, once it is known
    auto groupBegin = branch.begin, childBegin = branch.begin;
    std::uint32_t count = 0;
    const auto close = [&](std::uint32_t end) {
        out.push_back(
            {child(groupBegin, firstEnd, branch.depth), child(childBegin, end, branch.depth), count});
        groupBegin = end;
        count = 0;
    };
    for (auto at = branch.begin; at < branch.end; ++at) {
        const bool ends = at + 1 == branch.end || sharedWithNext(at) <= branch.depth;
        if (!ends)
            continue;
        if (++count == 1)
            firstEnd = at + 1;
        if (count == each || at + 1 == branch.end)
            close(at + 1);
        childBegin = at + 1;
    }
    return out;
}

std::vector<Branch> NameTree::pathTo(ItemIndex wanted) const {
    const auto at = position(wanted);
    const auto length = pathLength(at);
    std::vector<Branch> out(length);
    std::uint32_t begin = at, end = at + 1;
    // From the leaf upwards the interval only grows, so that the walk is linear in items and parts.
    auto before = begin > 0 ? sharedWithNext(begin - 1) : 0;
    auto after = end < size() ? sharedWithNext(end - 1) : 0;
    for (auto depth = length; depth > 0; --depth) {
        for (; begin > 0 && before >= depth; before = begin > 0 ? sharedWithNext(begin - 1) : 0)
            --begin;
        for (; end < size() && after >= depth; after = end < size() ? sharedWithNext(end - 1) : 0)
            ++end;
        out[depth - 1] = {begin, end, depth};
    }
    if (length > 0 && out.back().end - out.back().begin > 1)
        out.push_back({at, at + 1, length});
    return out;
}

BranchSums NameTree::sums(const Branch& branch) const {
    BranchSums out;
    out.tensors = m_tensorsBefore[branch.end] - m_tensorsBefore[branch.begin];
    out.entries = branch.end - branch.begin - out.tensors;
    out.parameters = m_parametersBefore[branch.end] - m_parametersBefore[branch.begin];
    out.bytes = m_bytesBefore[branch.end] - m_bytesBefore[branch.begin];
    return out;
}

} // namespace shardlens
