// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/convert.h"
#include "convert/source_guard.h"

namespace shardlens::convert {

/// What execute does for one of several parts: writes its files into the folder that all share, and
/// publishes where nothing is missing then; with `options.finish` publishes alone. A part that is run again
/// keeps what stands there complete. Preflight is over.
Result<Report> executePart(const Plan& plan, const Options& options, const SourceGuard& guard,
                           const JobContext& context);

/// Bytes that this part has yet to write; nothing where it only publishes.
std::uint64_t bytesToWrite(const Plan& plan);

} // namespace shardlens::convert
