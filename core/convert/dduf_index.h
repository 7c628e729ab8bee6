// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"

#include <span>
#include <string>
#include <string_view>

namespace shardlens::convert {

/// model_index.json in which these keys of the outermost object say [null, null]. Everything else stays as it
/// is, byte for byte. `text` is JSON.
Result<std::string> withoutComponents(std::string_view text, std::span<const std::string> components,
                                      const JobContext& context);

} // namespace shardlens::convert
