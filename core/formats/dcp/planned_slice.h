// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/storage_index.h"
#include "formats/pickle/node.h"
#include "model/dtype.h"

#include <cstdint>

namespace shardlens::dcp {

/// A slice as the metadata has it, before it goes to the builder.
struct PlannedSlice {
    TensorId tensor;
    std::uint32_t metadata = 0; ///< which of the metadata files
    pickle::Node offset, size;
    const StoredItem* item = nullptr; ///< null: the metadata names no bytes
    DType dtype = DType::Unknown;
    std::uint64_t lastTimes = 1; ///< 2 where the metadata counts packed pairs
};

} // namespace shardlens::dcp
