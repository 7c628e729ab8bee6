// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shardlens {

/// The text as one word of a POSIX shell: as it is where nothing in it means anything to a shell, else in single
/// quotes.
std::string shellQuoted(std::string_view text);

} // namespace shardlens
