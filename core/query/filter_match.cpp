// SPDX-License-Identifier: Apache-2.0
#include "query/filter_match.h"

#include <algorithm>

namespace shardlens {

namespace {

using Kind = ParsedTerm::Kind;
using Has = ParsedTerm::Has;

bool asks(std::span<const ParsedTerm> terms, Has what) {
    return std::any_of(terms.begin(), terms.end(), [&](const ParsedTerm& term) {
        return std::find(term.has.begin(), term.has.end(), what) != term.has.end();
    });
}

std::vector<bool> matchingFiles(const ParsedTerm& term, const Checkpoint& checkpoint) {
    std::vector<bool> out(checkpoint.fileCount());
    for (std::uint32_t i = 0; i < checkpoint.fileCount(); ++i) {
        const auto& file = checkpoint.file(FileId(i));
        out[i] = term.kind == Kind::File ? term.hasText(file.path) : file.rank && term.comparesTo(*file.rank);
    }
    return out;
}

} // namespace

FilterMatch::FilterMatch(std::span<const ParsedTerm> terms, const Checkpoint& checkpoint)
    : m_terms(terms)
    , m_checkpoint(checkpoint)
    , m_tensors(checkpoint.tensorCount())
    , m_files(terms.size()) {
    for (std::size_t i = 0; i < terms.size(); ++i)
        if (terms[i].kind == Kind::File || terms[i].kind == Kind::Rank)
            m_files[i] = matchingFiles(terms[i], checkpoint);
    if (asks(terms, Has::Finding))
        collectFindings();
    if (asks(terms, Has::Alias))
        collectAliases();
}

void FilterMatch::collectFindings() {
    m_hasFinding.resize(itemCount(m_checkpoint));
    const auto mark = [&](std::size_t item) {
        if (item < m_hasFinding.size())
            m_hasFinding[item] = true;
    };
    for (const auto& finding : m_checkpoint.findings()) {
        for (const auto tensor : finding.tensors)
            mark(tensor.index());
        if (finding.subject.kind == Subject::Kind::Tensor)
            mark(finding.subject.id);
        if (finding.subject.kind == Subject::Kind::Entry)
            mark(std::size_t{m_tensors} + finding.subject.id);
    }
}

void FilterMatch::collectAliases() {
    m_hasAlias.resize(m_tensors);
    for (const auto& alias : m_checkpoint.aliases())
        for (const auto& name : {alias.kept, alias.dropped})
            if (const auto tensor = m_checkpoint.findTensor(name))
                m_hasAlias[tensor->index()] = true;
}

bool FilterMatch::all(ItemIndex item) const {
    for (std::size_t i = 0; i < m_terms.size(); ++i)
        if (!term(i, item))
            return false;
    return true;
}

std::optional<std::size_t> FilterMatch::onlyFailing(ItemIndex item) const {
    std::optional<std::size_t> failing;
    for (std::size_t i = 0; i < m_terms.size(); ++i) {
        if (term(i, item))
            continue;
        if (failing)
            return std::nullopt;
        failing = i;
    }
    return failing;
}

bool FilterMatch::term(std::size_t index, ItemIndex item) const {
    const auto& term = m_terms[index];
    if (item < m_tensors)
        return tensorTerm(index, m_checkpoint.tensor(TensorId(item))) != term.span.negated;
    return term.concernsEntries() && entryTerm(index, item) != term.span.negated;
}

bool FilterMatch::entryTerm(std::size_t index, ItemIndex item) const {
    const auto& term = m_terms[index];
    const auto& entry = m_checkpoint.entry(EntryId(item - m_tensors));
    switch (term.kind) {
    case Kind::Name:
        return term.hasText(entry.name);
    case Kind::File:
        return entry.file.valid() && m_files[index][entry.file.index()];
    default:
        return m_hasFinding[item];
    }
}

bool FilterMatch::anySliceIn(const std::vector<bool>& files, const TensorView& tensor) const {
    const auto count = tensor.sliceCount();
    for (std::uint32_t i = 0; i < count; ++i)
        if (const auto file = m_checkpoint.slice(tensor.slice(i)).file; file.valid() && files[file.index()])
            return true;
    return false;
}

bool FilterMatch::has(const ParsedTerm& term, const TensorView& tensor) const {
    return std::any_of(term.has.begin(), term.has.end(), [&](Has what) {
        switch (what) {
        case Has::Finding:
            return bool{m_hasFinding[tensor.id().index()]};
        case Has::Alias:
            return bool{m_hasAlias[tensor.id().index()]};
        case Has::Slices:
            return tensor.sliceCount() > 1;
        case Has::Storage:
            break;
        }
        return tensor.storage().has_value();
    });
}

bool FilterMatch::tensorTerm(std::size_t index, const TensorView& tensor) const {
    const auto& term = m_terms[index];
    switch (term.kind) {
    case Kind::Name:
        return term.hasText(tensor.name());
    case Kind::DTypes:
        return term.hasDType(tensor.dtype());
    case Kind::Shape:
        return term.hasShape(tensor.shape());
    case Kind::DimCount:
        return term.comparesTo(tensor.shape().size());
    case Kind::Size:
        return term.comparesTo(tensor.bytes());
    case Kind::Params:
        return term.comparesTo(tensor.elements());
    case Kind::Slices:
        return term.comparesTo(tensor.sliceCount());
    case Kind::Has:
        return has(term, tensor);
    case Kind::Storage:
        return tensor.storage() && term.comparesTo(*tensor.storage());
    case Kind::File:
    case Kind::Rank:
        break;
    }
    return anySliceIn(m_files[index], tensor);
}

} // namespace shardlens
