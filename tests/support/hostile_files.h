// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace shardlens::test {

/// A file of tests/hostile that is made by this code. `path` is `ROOM/CASE` or `ROOM/CASE/FILE…`; a case is
/// named after the rule that it breaks, with a suffix where the format wants one.
struct HostileFile {
    std::string path;
    std::string bytes;
};

/// All of the rooms pickle, zip, torch, dcp and hub, sorted by path.
std::vector<HostileFile> hostileFiles();

} // namespace shardlens::test
