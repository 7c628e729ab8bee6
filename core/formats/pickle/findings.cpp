// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/findings.h"

#include "formats/pickle/rules.h"

#include <utility>

namespace shardlens::pickle {

namespace {

constexpr std::uint64_t MaxNamed = 12; // unknown classes spelled out in one finding

} // namespace

void GlobalFindings::add(const Pickle& pickle, const Location& where) {
    for (const GlobalUse& use : pickle.globals()) {
        if (use.danger == Danger::Harmless)
            continue;
        if (!m_seen.insert(use.qualified()).second)
            continue;
        Location place = where;
        place.offset = use.offset;
        if (use.danger == Danger::Dangerous) {
            m_dangerous.push_back(
                {Error{&rules::pickle::DangerousGlobal, {use.qualified()}, std::move(place)}, {}, {}});
            continue;
        }
        if (m_unknownCount++ == 0)
            m_firstUnknown = std::move(place);
        if (m_unknownCount <= MaxNamed)
            m_unknown += (m_unknown.empty() ? "" : ", ") + use.qualified();
        else if (m_unknownCount == MaxNamed + 1)
            m_unknown += ", …";
    }
}

Findings GlobalFindings::take() {
    Findings all = std::exchange(m_dangerous, {});
    if (m_unknownCount > 0)
        all.push_back({Error{&rules::pickle::UnknownGlobals,
                             {m_unknownCount, std::exchange(m_unknown, {})},
                             std::exchange(m_firstUnknown, {})},
                       {},
                       {}});
    m_unknownCount = 0;
    return all;
}

Findings globalFindings(const Pickle& pickle, const Location& where) {
    GlobalFindings all;
    all.add(pickle, where);
    return all.take();
}

} // namespace shardlens::pickle
