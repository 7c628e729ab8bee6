// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shardlens {

/// Lengths of the dims, outermost first. Empty is a scalar.
using Dims = std::vector<std::uint64_t>;
using DimsView = std::span<const std::uint64_t>;

/// A box in a tensor: where it begins and how long it is in each dim. Both have the tensor's number of dims.
/// A view: it lives as long as the checkpoint that gave it.
struct Box {
    DimsView offset;
    DimsView size;
};

/// Elements in a box or a shape; the caller has checked that it fits (checkedProduct).
std::uint64_t elementCount(DimsView dims);
bool equal(DimsView a, DimsView b);

/// Steps in elements from one index to the next, a dim each. Empty where elements lie row-major and packed.
using Strides = std::vector<std::int64_t>;

} // namespace shardlens
