// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"

#include <cstdint>
#include <optional>
#include <string>

namespace shardlens::ui {

struct SharedPrefix {
    std::string prefix; ///< with its dot
    std::uint64_t tensors = 0;
};

/// A wrapper's prefix (`module.`, `_orig_mod.`, `model.` …) that every tensor's
/// name begins with, apart from optimizer state; worth offering to remove.
/// Reads names only; stops at the first that differs.
std::optional<SharedPrefix> sharedPrefix(const Checkpoint& checkpoint);

} // namespace shardlens::ui
