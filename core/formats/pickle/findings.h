// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/pickle.h"
#include "model/finding.h"

#include <set>
#include <string>
#include <string_view>

namespace shardlens::pickle {

/// How dangerous a global is by its names alone.
Danger judge(std::string_view module, std::string_view name);

/// Gathers what several pickles of one checkpoint name, so that each class is reported once.
class GlobalFindings {
public:
    /// `where` names the file and item; the offset is the global's own.
    void add(const Pickle& pickle, const Location& where);
    /// An Error for every dangerous global, one Info for all unknown classes together.
    Findings take();

private:
    std::set<std::string> m_seen;
    Findings m_dangerous;
    std::string m_unknown; // joined names
    std::uint64_t m_unknownCount = 0;
    Location m_firstUnknown;
};

/// The findings of one pickle.
Findings globalFindings(const Pickle& pickle, const Location& where);

} // namespace shardlens::pickle
