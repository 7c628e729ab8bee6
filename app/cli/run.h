// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/output.h"

#include <stop_token>
#include <string>
#include <vector>

namespace shardlens::cli {

/// Runs `shardlens-cli` with these arguments (without the program's name) and returns its exit status.
/// Touches no global state, so that tests call it in their own process.
int run(const std::vector<std::string>& arguments, Sink& out, Sink& err, std::stop_token stop = {});

} // namespace shardlens::cli
