// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/format_reader.h"

#include <string>

namespace shardlens {

/// Looks at a path once: what it is, its neighbours' names, its first bytes. Links are followed; fifos,
/// sockets, devices and loops of links are refused at once (`io.not-a-file`), what does not exist with
/// `io.not-found`.
Result<Candidate> makeCandidate(const std::string& path);

} // namespace shardlens
