// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/finding_list.h"

#include "formats/safetensors/rules.h"

#include <utility>

namespace shardlens::safetensors {

void FindingList::add(const Rule& rule, Args args, std::uint64_t at, std::string item,
                      std::vector<std::uint32_t> tensors) {
    addAtSource(rule, std::move(args), m_origin + at, std::move(item), std::move(tensors));
}

void FindingList::addAtSource(const Rule& rule, Args args, std::uint64_t offset, std::string item,
                              std::vector<std::uint32_t> tensors) {
    auto& count = m_counts[&rule];
    Location where{m_name, offset, std::move(item)};
    if (++count.seen <= toldOneByOne) {
        m_items.push_back({{&rule, std::move(args), std::move(where)}, std::move(tensors)});
        return;
    }
    if (count.more == 0) {
        const auto& more =
            rule.severity == Severity::Error ? rules::safetensors::MoreErrors : rules::safetensors::MoreNotes;
        count.more = m_items.size();
        m_items.push_back({{&more, {std::uint64_t{0}, std::string(rule.id)}, std::move(where)}, {}});
    }
    auto& rest = m_items[count.more];
    rest.what.args[0] = count.seen - toldOneByOne;
    rest.tensors.insert(rest.tensors.end(), tensors.begin(), tensors.end());
}

} // namespace shardlens::safetensors
