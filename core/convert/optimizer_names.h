// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace shardlens::convert {

/// True for names that trainers give to optimizer state: PyTorch's DCP (`optim.state.…`), torchtitan and
/// torchtune
/// (`optimizer.…`), Lightning (`optimizer_states.…`, `optimizer_0.…`), Accelerate and Megatron (`optimizer.state.exp_avg.…`).
bool isOptimizerName(std::string_view name);

} // namespace shardlens::convert
