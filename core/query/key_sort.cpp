// SPDX-License-Identifier: Apache-2.0
#include "query/key_sort.h"

#include "base/endian.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <span>

namespace shardlens {

namespace {

constexpr std::uint32_t SmallestPool = 4096; // below this a thread costs more than it saves

/// Sorts items of one pool. Groups whose keys agree so far are kept on a stack of our own: keys can be long.
class PoolSort {
public:
    PoolSort(const SortKeys& keys, std::span<std::uint32_t> items, const JobContext& context)
        : m_keys(keys)
        , m_context(context)
        , m_items(items)
        , m_entries(items.size()) {}

    Result<void> run() {
        for (std::size_t i = 0; i < m_items.size(); ++i)
            m_entries[i] = {0, m_items[i]};
        push(0, m_entries.size(), 0);
        for (std::uint32_t steps = 0; !m_groups.empty(); ++steps) {
            if (steps % 256 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            const auto group = m_groups.back();
            m_groups.pop_back();
            sortGroup(group);
        }
        for (std::size_t i = 0; i < m_items.size(); ++i)
            m_items[i] = m_entries[i].item;
        return {};
    }

private:
    struct Entry {
        std::uint64_t head = 0; // eight bytes of the key as a big-endian number
        std::uint32_t item = 0;
    };
    struct Group {
        std::size_t begin, end, depth;
    };

    void push(std::size_t begin, std::size_t end, std::size_t depth) {
        if (end - begin > 1)
            m_groups.push_back({begin, end, depth});
    }

    std::uint64_t headOf(std::uint32_t item, std::size_t depth) const {
        const auto key = m_keys.at(item);
        std::byte bytes[8] = {};
        std::memcpy(bytes, key.data() + depth, std::min<std::size_t>(8, key.size() - depth));
        return loadBig<std::uint64_t>(bytes);
    }

    void sortGroup(const Group& group) {
        const auto begin = m_entries.begin() + static_cast<std::ptrdiff_t>(group.begin);
        const auto end = m_entries.begin() + static_cast<std::ptrdiff_t>(group.end);
        if (group.end - group.begin <= 8) {
            std::sort(begin, end, [&](const Entry& a, const Entry& b) {
                const int order =
                    m_keys.at(a.item).substr(group.depth).compare(m_keys.at(b.item).substr(group.depth));
                return order != 0 ? order < 0 : a.item < b.item;
            });
            return;
        }
        for (auto it = begin; it != end; ++it)
            it->head = headOf(it->item, group.depth);
        const auto byHead = [](const Entry& a, const Entry& b) {
            return a.head < b.head;
        };
        if (!std::is_sorted(begin, end, byHead))
            std::sort(begin, end, byHead);
        for (auto it = begin; it != end;) {
            const auto next =
                std::find_if(it, end, [head = it->head](const Entry& e) { return e.head != head; });
            splitEqual(it, next, group.depth + 8);
            it = next;
        }
    }

    /// Entries with equal heads: those whose keys end here come first, the others go on with their next
    /// bytes.
    void splitEqual(std::vector<Entry>::iterator begin, std::vector<Entry>::iterator end, std::size_t depth) {
        if (end - begin < 2)
            return;
        const auto rest =
            std::partition(begin, end, [&](const Entry& e) { return m_keys.at(e.item).size() <= depth; });
        std::sort(begin, rest, [&](const Entry& a, const Entry& b) {
            const auto first = m_keys.at(a.item).size(), second = m_keys.at(b.item).size();
            return first != second ? first < second : a.item < b.item;
        });
        push(static_cast<std::size_t>(rest - m_entries.begin()),
             static_cast<std::size_t>(end - m_entries.begin()), depth);
    }

    const SortKeys& m_keys;
    const JobContext& m_context;
    std::span<std::uint32_t> m_items;
    std::vector<Entry> m_entries;
    std::vector<Group> m_groups;
};

/// Merges neighbouring sorted runs until one is left.
class Merger {
public:
    Merger(const SortKeys& keys, std::vector<std::uint32_t> items, std::vector<std::size_t> ends,
           const JobContext& context)
        : m_keys(keys)
        , m_context(context)
        , m_from(std::move(items))
        , m_to(m_from.size())
        , m_ends(std::move(ends)) {}

    Result<std::vector<std::uint32_t>> run() {
        while (m_ends.size() > 1)
            SHARDLENS_CHECK(mergePairs());
        return std::move(m_from);
    }

private:
    struct Task {
        std::size_t aBegin, aEnd, bBegin, bEnd, to;
    };

    bool less(std::uint32_t a, std::uint32_t b) const { return m_keys.at(a) < m_keys.at(b); }

    std::size_t lowerBound(std::size_t begin, std::size_t end, std::uint32_t item) const {
        const auto at = [&](std::size_t i) {
            return m_from.begin() + static_cast<std::ptrdiff_t>(i);
        };
        return static_cast<std::size_t>(
            std::lower_bound(at(begin), at(end), item, [&](auto a, auto b) { return less(a, b); }) -
            m_from.begin());
    }

    void addTasks(std::vector<Task>& tasks, std::size_t begin, std::size_t middle, std::size_t end) const {
        if (middle == end || begin == middle || !less(m_from[middle], m_from[middle - 1])) {
            tasks.push_back({begin, end, end, end, begin});
            return;
        }
        const std::size_t parts = std::max<std::size_t>(1, m_context.threadCount());
        std::size_t a = begin, b = middle;
        for (std::size_t part = 1; part <= parts; ++part) {
            const auto nextA = part == parts ? middle : begin + (middle - begin) / parts * part;
            const auto nextB = part == parts ? end : lowerBound(b, end, m_from[nextA]);
            tasks.push_back({a, nextA, b, nextB, a + (b - middle)});
            a = nextA;
            b = nextB;
        }
    }

    Result<void> mergePairs() {
        std::vector<Task> tasks;
        std::vector<std::size_t> ends;
        for (std::size_t run = 0, begin = 0; run < m_ends.size(); run += 2) {
            const bool paired = run + 1 < m_ends.size();
            const auto end = m_ends[paired ? run + 1 : run];
            addTasks(tasks, begin, m_ends[run], end);
            ends.push_back(end);
            begin = end;
        }
        const auto merge = [&](std::size_t index) -> Result<void> {
            const Task& t = tasks[index];
            const auto at = [&](std::size_t i) {
                return m_from.begin() + static_cast<std::ptrdiff_t>(i);
            };
            std::merge(at(t.aBegin), at(t.aEnd), at(t.bBegin), at(t.bEnd),
                       m_to.begin() + static_cast<std::ptrdiff_t>(t.to),
                       [&](auto a, auto b) { return less(a, b); });
            return {};
        };
        SHARDLENS_CHECK(parallelFor(m_context, tasks.size(), merge));
        m_from.swap(m_to);
        m_ends = std::move(ends);
        return {};
    }

    const SortKeys& m_keys;
    const JobContext& m_context;
    std::vector<std::uint32_t> m_from, m_to;
    std::vector<std::size_t> m_ends;
};

} // namespace

Result<SortKeys> SortKeys::make(std::uint32_t items,
                                const std::function<void(std::string&, std::uint32_t)>& append,
                                const JobContext& context) {
    SortKeys keys;
    keys.m_items = items;
    const auto wanted = std::bit_ceil(context.threadCount());
    keys.m_perPool = std::max(SmallestPool, items / wanted + 1);
    keys.m_pools.resize((std::size_t{items} + keys.m_perPool - 1) / keys.m_perPool);
    const auto fill = [&](std::size_t index) -> Result<void> {
        Pool& pool = keys.m_pools[index];
        const auto begin = static_cast<std::uint32_t>(index) * keys.m_perPool;
        const auto end = std::min(items, begin + keys.m_perPool);
        pool.end.reserve(std::size_t{end} - begin + 1);
        for (auto item = begin; item < end; ++item) {
            if (item % 1024 == 0)
                SHARDLENS_CHECK(context.checkStop());
            append(pool.text, item);
            pool.end.push_back(pool.text.size());
        }
        return {};
    };
    SHARDLENS_CHECK(parallelFor(context, keys.m_pools.size(), fill));
    return keys;
}

Result<std::vector<std::uint32_t>> SortKeys::sorted(const JobContext& context) const {
    std::vector<std::uint32_t> items(m_items);
    std::vector<std::size_t> ends(m_pools.size());
    for (std::uint32_t item = 0; item < m_items; ++item)
        items[item] = item;
    const auto sortPool = [&](std::size_t index) -> Result<void> {
        const std::size_t begin = index * m_perPool;
        ends[index] = std::min<std::size_t>(m_items, begin + m_perPool);
        return PoolSort(*this, std::span(items).subspan(begin, ends[index] - begin), context).run();
    };
    SHARDLENS_CHECK(parallelFor(context, m_pools.size(), sortPool));
    return Merger(*this, std::move(items), std::move(ends), context).run();
}

} // namespace shardlens
