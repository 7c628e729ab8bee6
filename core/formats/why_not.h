// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

#include <string>

namespace shardlens {

/// Why nobody recognised a path, as the second half of a sentence: "it is a GGUF file". What the file is,
/// where its first bytes or its name tell.
std::string whyNot(const Candidate& candidate);

} // namespace shardlens
