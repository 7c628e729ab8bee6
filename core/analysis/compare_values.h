// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/compare.h"
#include "data/tensor_reader.h"

namespace shardlens {

/// Compares the elements of two tensors of one shape and fills the difference's figures. True where nothing
/// differs beyond the tolerance; `identical` tells whether dtype and bytes are equal.
struct ValueComparison {
    bool equal = true;
    bool identical = true;
};
Result<ValueComparison> compareValues(const TensorReader& a, const TensorReader& b, std::uint64_t rows,
                                      double tolerance, Difference& out, const JobContext& context);

} // namespace shardlens
