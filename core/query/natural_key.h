// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shardlens {

/// Appends a path part so that comparing keys bytewise is comparing paths naturally, part by part: runs of
/// digits count as numbers of any length, leading zeros break ties within the part, everything else is bytes.
/// A key ends each part with one zero byte and has no other, so zeros of a common prefix count shared parts.
void appendNaturalKey(std::string& key, std::string_view part);

} // namespace shardlens
