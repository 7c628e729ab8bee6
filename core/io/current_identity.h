// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/byte_source.h"

namespace shardlens {

/// Whether the open file behind a source still has the size and the time of change that it had when it was
/// opened. True for sources without a file (memory). Fails with the source's own error where it is gone.
Result<bool> isUnchanged(const ByteSource& source);

} // namespace shardlens
