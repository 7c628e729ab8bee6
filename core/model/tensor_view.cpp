// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"
#include "model/checkpoint.h"

#include <algorithm>

namespace shardlens {

std::string_view TensorView::name() const {
    return m_checkpoint->m_tensors.names.at(m_id.index());
}

DType TensorView::dtype() const {
    return m_checkpoint->m_tensors.dtype[m_id.index()];
}

std::string_view TensorView::dtypeName() const {
    const auto& unknown = m_checkpoint->m_tensors.unknownDTypes;
    if (dtype() == DType::Unknown)
        if (const auto found = unknown.find(m_id.value()); found != unknown.end())
            return found->second;
    return shardlens::name(dtype());
}

DimsView TensorView::shape() const {
    const auto& columns = m_checkpoint->m_tensors;
    return columns.dims.at(columns.shape[m_id.index()]);
}

std::uint64_t TensorView::elements() const {
    return checkedProduct(shape()).value_or(0);
}

std::uint64_t TensorView::bytes() const {
    const auto count = checkedProduct(shape());
    return count ? packedBytes(dtype(), *count).value_or(0) : 0;
}

bool TensorView::readable() const {
    return !problem();
}

std::optional<FindingId> TensorView::problem() const {
    const auto& problems = m_checkpoint->m_tensors.problem;
    if (problems.empty() || problems[m_id.index()] == TensorColumns::None)
        return std::nullopt;
    return FindingId(problems[m_id.index()]);
}

std::uint32_t TensorView::sliceCount() const {
    const auto& first = m_checkpoint->m_tensors.firstSlice;
    return first[m_id.index() + 1] - first[m_id.index()];
}

SliceId TensorView::slice(std::uint32_t index) const {
    return SliceId(m_checkpoint->m_tensors.firstSlice[m_id.index()] + index);
}

std::optional<std::uint32_t> TensorView::storage() const {
    const auto& storages = m_checkpoint->m_tensors.storage;
    if (storages.empty() || storages[m_id.index()] == TensorColumns::None)
        return std::nullopt;
    return storages[m_id.index()];
}

std::span<const Fact> TensorView::facts() const {
    const auto& columns = m_checkpoint->m_tensors;
    if (columns.facts.empty() || columns.facts[m_id.index()] == TensorColumns::None)
        return {};
    return columns.factLists[columns.facts[m_id.index()]];
}

const std::vector<std::uint32_t>* TensorView::ownCuts() const {
    const auto& columns = m_checkpoint->m_tensors;
    if (columns.cuts.empty() || columns.cuts[m_id.index()] == TensorColumns::DotCuts)
        return nullptr;
    return &columns.cutLists[columns.cuts[m_id.index()]];
}

std::vector<std::string_view> TensorView::path() const {
    std::vector<std::string_view> parts;
    const auto text = name();
    std::size_t begin = 0;
    const auto cutAt = [&](std::size_t separator) {
        parts.push_back(text.substr(begin, separator - begin));
        begin = separator + 1;
    };
    if (const auto* cuts = ownCuts()) {
        for (const auto separator : *cuts)
            cutAt(separator);
    } else {
        for (auto dot = text.find('.'); dot != text.npos; dot = text.find('.', begin))
            cutAt(dot);
    }
    cutAt(text.size());
    return parts;
}

std::uint32_t TensorView::pathLength() const {
    if (const auto* cuts = ownCuts())
        return static_cast<std::uint32_t>(cuts->size() + 1);
    const auto text = name();
    return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '.') + 1);
}

std::string_view TensorView::pathPart(std::uint32_t index) const {
    const auto text = name();
    if (const auto* cuts = ownCuts()) {
        const std::size_t begin = index == 0 ? 0 : (*cuts)[index - 1] + std::size_t{1};
        const std::size_t end = index < cuts->size() ? (*cuts)[index] : text.size();
        return text.substr(begin, end - begin);
    }
    std::size_t begin = 0;
    for (std::uint32_t i = 0; i < index; ++i)
        begin = text.find('.', begin) + 1;
    return text.substr(begin, text.find('.', begin) - begin);
}

} // namespace shardlens
