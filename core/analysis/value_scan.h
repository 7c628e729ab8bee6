// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <string>

namespace shardlens {

/// What one pass over a tensor tells about its health.
struct ValueScan {
    std::uint64_t elements = 0, bytes = 0;
    std::uint64_t nan = 0, infinite = 0, zeros = 0;
    bool constant = false; ///< every element has the same bits
    std::string digest;    ///< XXH3, 128 bits, over the packed elements
};

/// Reads the tensor once, in one thread. For every dtype of known size; of complex values both parts count.
Result<ValueScan> scanValues(const CheckpointPtr& checkpoint, TensorId tensor, const JobContext& context);

} // namespace shardlens
