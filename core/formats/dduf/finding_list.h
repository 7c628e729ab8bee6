// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.h"

#include <cstdint>
#include <map>

namespace shardlens::dduf {

/// Collects what is wrong with an archive: of each rule the first hundred, then one finding for the rest, since
/// each of a hundred thousand entries can be wrong.
class FindingList {
public:
    void add(Error what);
    /// Everything that was added; the list is empty afterwards.
    Findings take();

private:
    static constexpr std::uint64_t Listed = 100;
    Findings m_listed;
    std::map<const Rule*, std::uint64_t> m_seen;
};

} // namespace shardlens::dduf
