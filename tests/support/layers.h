// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace shardlens::test {

/// Reads the sources below a root (its folders core, ui, app and tests) and names every breach of the house's
/// rules, one a line: includes against the layers, Qt in core, files without the licence line, files too
/// long.
std::vector<std::string> breaches(const std::string& root);

} // namespace shardlens::test
