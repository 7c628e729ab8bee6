// SPDX-License-Identifier: Apache-2.0
#include "ui/document/filter_result.h"

#include "jobs/parallel_for.h"

#include <algorithm>
#include <bit>

namespace shardlens::ui {

namespace {

constexpr std::size_t WordsATask = 512; // of 64 items

void add(BranchSums& to, const BranchSums& sums) {
    to.tensors += sums.tensors;
    to.entries += sums.entries;
    to.parameters += sums.parameters;
    to.bytes += sums.bytes;
}

/// The text without one of its terms.
std::string withoutTerm(const Filter& filter, const FilterTerm& term) {
    std::string text = filter.text();
    text.erase(term.begin, term.end - term.begin);
    return text;
}

std::uint64_t countTensors(const std::vector<std::uint64_t>& bits, std::uint32_t tensors) {
    std::uint64_t count = 0;
    for (std::uint32_t item = 0; item < tensors; ++item)
        count += bits[item / 64] >> (item % 64) & 1;
    return count;
}

} // namespace

Result<FilterResultPtr> FilterResult::compute(const Filter& filter, const NameTreePtr& names,
                                              const JobContext& context) {
    std::shared_ptr<FilterResult> result(new FilterResult);
    result->m_filter = filter;
    const Checkpoint& checkpoint = *names->checkpoint();
    if (filter.matchesAll()) {
        result->m_total = names->sums(names->root());
        return result;
    }
    SHARDLENS_TRY(result->m_bits, filter.apply(checkpoint, context));
    // Even a checkpoint without items has bits, so that "empty" keeps meaning "everything matches".
    result->m_bits.resize(std::size_t{names->size()} / 64 + 1);
    SHARDLENS_CHECK(result->addUp(*names, context));
    const auto& sums = result->m_total;
    if (sums.tensors == 0 && sums.entries == 0) {
        const auto& terms = filter.terms();
        result->m_termToDrop = filter.termToDrop(checkpoint, context);
        if (result->m_termToDrop < terms.size() && terms.size() > 1) {
            if (auto rest = Filter::parse(withoutTerm(filter, terms[result->m_termToDrop]))) {
                SHARDLENS_TRY(auto bits, rest->apply(checkpoint, context));
                result->m_tensorsWithoutTerm = countTensors(bits, checkpoint.tensorCount());
            }
        }
    }
    return result;
}

/// Sums of each word of 64 positions, in parallel, then of all words before each.
Result<void> FilterResult::addUp(const NameTree& names, const JobContext& context) {
    const std::size_t count = names.size(), words = count / 64 + 1;
    m_ordered.resize(words);
    m_before.resize(words + 1);
    const auto task = [&](std::size_t index) -> Result<void> {
        const auto last = std::min(words, (index + 1) * WordsATask);
        for (auto word = index * WordsATask; word < last; ++word) {
            auto& sums = m_before[word + 1];
            const auto end = static_cast<std::uint32_t>(std::min(count, word * 64 + 64));
            for (auto position = static_cast<std::uint32_t>(word * 64); position < end; ++position)
                if (matches(names.item(position))) {
                    m_ordered[word] |= std::uint64_t{1} << position % 64;
                    add(sums, names.sums({position, position + 1, 0}));
                }
        }
        return {};
    };
    SHARDLENS_CHECK(parallelFor(context, (words + WordsATask - 1) / WordsATask, task));
    for (std::size_t word = 0; word < words; ++word)
        add(m_before[word + 1], m_before[word]);
    m_total = m_before.back();
    return {};
}

BranchSums FilterResult::before(const NameTree& names, std::uint32_t position) const {
    auto sums = m_before[position / 64];
    for (auto at = position / 64 * 64; at < position; ++at)
        if ((m_ordered[at / 64] >> at % 64 & 1) != 0)
            add(sums, names.sums({at, at + 1, 0}));
    return sums;
}

BranchSums FilterResult::sums(const NameTree& names, const Branch& branch) const {
    if (matchesAll())
        return names.sums(branch);
    const auto end = before(names, branch.end), begin = before(names, branch.begin);
    return {end.tensors - begin.tensors, end.entries - begin.entries, end.parameters - begin.parameters,
            end.bytes - begin.bytes};
}

std::uint32_t FilterResult::countBefore(std::uint32_t position) const {
    const auto& sums = m_before[position / 64];
    const auto mask = (std::uint64_t{1} << position % 64) - 1;
    return static_cast<std::uint32_t>(sums.tensors + sums.entries) +
           static_cast<std::uint32_t>(std::popcount(m_ordered[position / 64] & mask));
}

std::uint32_t FilterResult::count(const Branch& branch) const {
    return matchesAll() ? branch.end - branch.begin : countBefore(branch.end) - countBefore(branch.begin);
}

std::uint32_t FilterResult::nextMatch(std::uint32_t position, std::uint32_t size) const {
    if (matchesAll() || position >= size)
        return std::min(position, size);
    std::size_t word = position / 64;
    auto left = m_ordered[word] >> position % 64 << position % 64;
    while (left == 0 && ++word < m_ordered.size())
        left = m_ordered[word];
    const auto found = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
    return left == 0 ? size : static_cast<std::uint32_t>(std::min<std::size_t>(found, size));
}

} // namespace shardlens::ui
