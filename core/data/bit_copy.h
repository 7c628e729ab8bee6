// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace shardlens {

/// Copies `count` bits. Bit 0 of a byte is its least significant one, and elements of less than a byte lie
/// from there upwards (PyTorch's float4_e2m1fn_x2 keeps the first of two values in the low half). Bits around
/// the target stay as they are. The ranges do not overlap.
void copyBits(const std::byte* from, std::uint64_t fromBit, std::byte* to, std::uint64_t toBit,
              std::uint64_t count);

/// Up to 64 bits beginning at any bit; touches only the bytes that hold them.
std::uint64_t loadBits(const std::byte* from, std::uint64_t bit, unsigned count);

} // namespace shardlens
