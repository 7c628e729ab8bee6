// SPDX-License-Identifier: Apache-2.0
#include "convert/source_guard.h"

#include "convert/rules.h"
#include "io/current_identity.h"

#include <algorithm>

namespace shardlens::convert {

SourceGuard::SourceGuard(const Plan& plan) {
    for (const auto& source : plan.sources)
        for (std::uint32_t i = 0; i != source->fileCount(); ++i)
            if (const auto& file = source->file(FileId(i)); file.source)
                m_sources.push_back(file.source);
    m_sources.insert(m_sources.end(), plan.inputs.begin(), plan.inputs.end());
    for (const auto& file : plan.files)
        for (const auto& piece : file.pieces)
            if (const auto* range = std::get_if<FileRange>(&piece.what))
                m_sources.push_back(range->source);
    std::ranges::sort(m_sources);
    const auto [first, last] = std::ranges::unique(m_sources);
    m_sources.erase(first, last);
}

Result<void> SourceGuard::check() const {
    for (const auto& source : m_sources) {
        SHARDLENS_TRY(const bool same, isUnchanged(*source));
        if (!same)
            return fail(rules::ConvertSourceChanged, {source->name()}, {source->name(), {}, {}});
    }
    return {};
}

} // namespace shardlens::convert
