// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace shardlens::convert {

/// A comparison as the command line takes it.
struct CompareCall {
    std::string a, b; ///< paths
    std::string filter;
    std::vector<std::pair<std::string, std::string>> renames; ///< A's names to B's
    double tolerance = 0;
    bool values = true;
};

/// The call of `shardlens-cli compare` that does the same, quoted for a shell.
std::string compareCommand(const CompareCall& call);

} // namespace shardlens::convert
