// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"
#include "model/checkpoint_builder.h"

#include <string>
#include <vector>

namespace shardlens::test {

/// A tensor of a checkpoint that a test makes without any file.
struct MadeTensor {
    std::string name = {};
    DType dtype = DType::F32;
    Dims shape = {4};
    std::vector<std::uint32_t> files = {
        0}; ///< a slice each, cut along the first dim; the numbers are ranks too
};

/// A sound description without data: every file exists, is as long as its slices and has the rank of its
/// number.
CheckpointPtr makeCheckpoint(const std::vector<MadeTensor>& tensors,
                             const std::vector<EntryRecord>& entries = {});

/// Tensors of these names, all alike.
CheckpointPtr makeNamed(const std::vector<std::string>& names);

} // namespace shardlens::test
