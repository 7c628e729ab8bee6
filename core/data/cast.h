// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace shardlens {

/// True where castElements can turn one into the other: between F16, BF16, F32 and F64.
bool canCast(DType from, DType to);

/// Casts packed elements, rounding once, to nearest, ties to even, subnormals included. A NaN stays a quiet
/// NaN of the same sign with as much of its payload as fits; what is too large becomes infinite. `in` and
/// `out` have the same number of elements and do not overlap. Returns how many finite values became infinite.
std::uint64_t castElements(DType from, DType to, std::span<const std::byte> in, std::span<std::byte> out);

} // namespace shardlens
