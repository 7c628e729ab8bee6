// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/builder_data.h"
#include "model/checkpoint_builder.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace shardlens {

/// The builder's data and what only collecting needs.
struct CheckpointBuilder::State : BuilderData {
    std::map<std::vector<std::uint32_t>, std::uint32_t> cutLists; // each list is kept once
    std::map<std::vector<Fact>, std::uint32_t> factLists;
    std::vector<std::uint32_t> hashes; // low bits of the names' hashes, a tensor each
    Dims bothDims;                     // of one box, kept for its memory

    explicit State(const JobContext& job);
    /// Makes room in the table of names for so many tensors.
    void resizeTable(std::size_t wanted);
};

} // namespace shardlens
