// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/json/visit.h"
#include "jobs/job_context.h"

#include <string_view>

namespace shardlens::json {

enum class ScanEnd {
    Done,    ///< the whole document was told
    Stopped, ///< the visitor had enough
    Doubt,   ///< something that the scanner does not know for sure, or no JSON; what was told does not count
    Cancelled, ///< the job was stopped
};

/// Tells a document quickly. `text` is valid UTF-8. Whatever it accepts, the thorough parser accepts as well
/// and tells in the same way: a fuzzer holds both together.
ScanEnd scan(std::string_view text, Visitor& visitor, const JobContext& context);

} // namespace shardlens::json
