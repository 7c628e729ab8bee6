// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/pickle.h"
#include "model/finding.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace shardlens::pickle {

/// How dangerous a global is by its names alone.
Danger judge(std::string_view module, std::string_view name);

/// Gathers what several pickles of one checkpoint name, so that each class is reported once. What comes out
/// does not depend on the order of add(), as long as there are no more names than are kept.
class GlobalFindings {
public:
    /// `where` names the file and item. A finding's offset is the global's own in the pickle's source; where
    /// that is a part of the file, `where.offset` says where the part begins.
    void add(const Pickle& pickle, const Location& where);
    void merge(GlobalFindings&& other);
    /// An Error for every dangerous global, one Info for all unknown classes together.
    Findings take();

private:
    /// Where each name was first seen; of more names than a checkpoint has only the number is kept.
    struct Names {
        std::map<std::string, Location> places;
        std::uint64_t more = 0;
    };
    static void note(Names& names, const std::string& name, Location place);

    Names m_dangerous, m_unknown;
};

/// The findings of one pickle.
Findings globalFindings(const Pickle& pickle, const Location& where);

} // namespace shardlens::pickle
