// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "base/id.h"

#include <cstdint>
#include <vector>

namespace shardlens {

/// What a finding is about, so that a click can go there.
struct Subject {
    enum class Kind : std::uint8_t { Checkpoint, File, Tensor, Entry };
    Kind kind = Kind::Checkpoint;
    std::uint32_t id = 0; ///< of the file, tensor or entry
};

/// Something that a checkpoint's reader noticed: one a cause, with all the tensors that it touches, not one a
/// tensor. A finding of severity Error makes the tensors it lists unreadable.
struct Finding {
    Error what;
    Subject subject;
    std::vector<TensorId> tensors;

    Severity severity() const { return what.rule->severity; }
};

using Findings = std::vector<Finding>;

struct FindingCounts {
    std::uint64_t errors = 0, warnings = 0, infos = 0;
};
FindingCounts countFindings(const Findings& findings);

} // namespace shardlens
