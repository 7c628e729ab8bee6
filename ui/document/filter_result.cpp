// SPDX-License-Identifier: Apache-2.0
#include "ui/document/filter_result.h"

namespace shardlens::ui {

namespace {

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
    const std::uint32_t count = names->size();
    // Even a checkpoint without items has bits, so that "empty" keeps meaning "everything matches".
    result->m_bits.resize(count / 64 + 1);
    result->m_tensorsBefore.resize(count + 1);
    result->m_entriesBefore.resize(count + 1);
    result->m_parametersBefore.resize(count + 1);
    result->m_bytesBefore.resize(count + 1);
    BranchSums sums;
    for (std::uint32_t position = 0; position < count; ++position) {
        if (position % 65536 == 0)
            SHARDLENS_CHECK(context.checkStop());
        const ItemIndex item = names->item(position);
        if (result->matches(item)) {
            const BranchSums own = names->sums(Branch{position, position + 1, 0});
            sums.tensors += own.tensors;
            sums.entries += own.entries;
            sums.parameters += own.parameters;
            sums.bytes += own.bytes;
        }
        result->m_tensorsBefore[position + 1] = static_cast<std::uint32_t>(sums.tensors);
        result->m_entriesBefore[position + 1] = static_cast<std::uint32_t>(sums.entries);
        result->m_parametersBefore[position + 1] = sums.parameters;
        result->m_bytesBefore[position + 1] = sums.bytes;
    }
    result->m_total = sums;
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

BranchSums FilterResult::sums(const NameTree& names, const Branch& branch) const {
    if (matchesAll())
        return names.sums(branch);
    return {m_tensorsBefore[branch.end] - m_tensorsBefore[branch.begin],
            m_entriesBefore[branch.end] - m_entriesBefore[branch.begin],
            m_parametersBefore[branch.end] - m_parametersBefore[branch.begin],
            m_bytesBefore[branch.end] - m_bytesBefore[branch.begin]};
}

} // namespace shardlens::ui
