// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/plan.h"

#include <string>

namespace shardlens::convert {

/// SHA-256, as hex, of all that decides which bytes are written under which names: this program's version,
/// the sources' files with their sizes and times of change (a source saved anew is another plan), every
/// piece of every file. Not of where it is read and written, of the number of parts, nor of how it is
/// verified: these may differ between processes that work on one plan.
std::string planDigest(const Plan& plan);

} // namespace shardlens::convert
