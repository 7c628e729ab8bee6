// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/finding_limit.h"

#include "formats/hub/rules.h"

#include <string>
#include <utility>

namespace shardlens::hub {

void FindingLimit::add(Finding finding) {
    constexpr std::uint64_t listed = 100;
    auto& rest = m_rests[finding.what.rule];
    if (rest.added < listed) {
        ++rest.added;
        if (m_locate)
            m_locate(finding.what.where);
        m_builder.addFinding(std::move(finding));
        return;
    }
    ++rest.further;
    rest.tensors.insert(rest.tensors.end(), finding.tensors.begin(), finding.tensors.end());
}

void FindingLimit::add(const Rule& rule, Args args, Location where, Subject subject,
                       std::vector<TensorId> tensors) {
    add({Error{&rule, std::move(args), std::move(where)}, subject, std::move(tensors)});
}

void FindingLimit::flush() {
    for (auto& [rule, rest] : m_rests)
        if (rest.further > 0) {
            const bool error = rule->severity == Severity::Error;
            m_builder.addFinding(error ? rules::hub::FurtherErrors : rules::hub::FurtherFindings,
                                 {rest.further, std::string(rule->id)}, {}, {}, std::move(rest.tensors));
        }
    m_rests.clear();
}

} // namespace shardlens::hub
