// SPDX-License-Identifier: Apache-2.0
#include "ui/models/finding_marks.h"

#include <bit>

namespace shardlens::ui {

void FindingMarks::Bits::resize(std::uint32_t size) {
    words.assign(size / 64 + 1, 0);
}

void FindingMarks::Bits::count() {
    before.reserve(words.size());
    for (const auto word : words) {
        before.push_back(ones);
        ones += static_cast<std::uint32_t>(std::popcount(word));
    }
}

std::uint32_t FindingMarks::Bits::rank(std::uint32_t at) const {
    const auto low = words[at / 64] & ((std::uint64_t{1} << (at % 64)) - 1);
    return before[at / 64] + static_cast<std::uint32_t>(std::popcount(low));
}

Result<FindingMarksPtr> FindingMarks::build(const NameTree& names, const JobContext& context) {
    auto marks = std::make_shared<FindingMarks>();
    marks->m_errors.resize(names.size());
    marks->m_any.resize(names.size());
    for (const auto& finding : names.checkpoint()->findings()) {
        SHARDLENS_CHECK(context.checkStop());
        if (finding.severity() != Severity::Info)
            marks->mark(names, finding);
    }
    marks->m_errors.count();
    marks->m_any.count();
    return marks;
}

void FindingMarks::mark(const NameTree& names, const Finding& finding) {
    const auto tensors = names.checkpoint()->tensorCount();
    const auto set = [&](ItemIndex item) {
        if (item >= names.size())
            return;
        const auto position = names.position(item);
        m_any.set(position);
        if (finding.severity() == Severity::Error)
            m_errors.set(position);
    };
    for (const auto tensor : finding.tensors)
        set(tensor.value());
    if (finding.subject.kind == Subject::Kind::Tensor)
        set(finding.subject.id);
    else if (finding.subject.kind == Subject::Kind::Entry)
        set(tensors + finding.subject.id);
}

std::optional<Severity> FindingMarks::worst(const Branch& branch) const {
    if (m_errors.rank(branch.end) > m_errors.rank(branch.begin))
        return Severity::Error;
    if (m_any.rank(branch.end) > m_any.rank(branch.begin))
        return Severity::Warning;
    return std::nullopt;
}

std::uint32_t FindingMarks::count(const Branch& branch) const {
    return m_any.rank(branch.end) - m_any.rank(branch.begin);
}

std::optional<Severity> FindingMarks::ofPosition(std::uint32_t position) const {
    return worst({position, position + 1, 0});
}

} // namespace shardlens::ui
