// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/finding_list.h"

#include "formats/dduf/rules.h"

#include <string>
#include <utility>

namespace shardlens::dduf {

void FindingList::add(Error what) {
    if (m_seen[what.rule]++ < Listed)
        m_listed.push_back({std::move(what), {}, {}});
}

Findings FindingList::take() {
    for (const auto& [rule, seen] : m_seen)
        if (seen > Listed) {
            const auto& rest =
                rule->severity == Severity::Error ? rules::dduf::MoreErrors : rules::dduf::MoreNotes;
            m_listed.push_back({Error{&rest, {seen - Listed, std::string(rule->id)}, {}}, {}, {}});
        }
    m_seen.clear();
    return std::exchange(m_listed, {});
}

} // namespace shardlens::dduf
