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
    std::vector<std::uint32_t> newHashes; // of addTensors, kept for its memory
    /// The tensor of a name whose hash is known; there is room for it.
    Result<Added> insertName(std::string_view name, std::uint32_t hash);
    Result<void> checkName(std::string_view name) const;
    /// Makes room in the table of names for so many tensors.
    void resizeTable(std::size_t wanted);
};

} // namespace shardlens
