// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint_builder.h"

#include <span>
#include <string>
#include <utility>

namespace shardlens::safetensors {

/// Adds aliases that huggingface_hub recorded: a metadata member `dropped: kept` whose value names one of the
/// builder's tensors and whose key names none. `prefix` stands before the tensors' names in the builder.
void addAliases(CheckpointBuilder& builder, std::span<const std::pair<std::string, std::string>> metadata,
                const std::string& prefix = {});

} // namespace shardlens::safetensors
