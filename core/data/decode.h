// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"

#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace shardlens {

/// Packed elements as doubles (real parts of complex ones). `firstBit` is where the first element begins in
/// `packed`. I64 and U64 beyond 2^53 lose digits: formatElement does not.
void decodeToDouble(DType dtype, std::span<const std::byte> packed, std::uint64_t firstBit,
                    std::span<double> out);

/// One element exactly, for people: the shortest text that reads back to the same bits, `−` never, `NaN`, `inf`.
std::string formatElement(DType dtype, std::span<const std::byte> packed, std::uint64_t firstBit);

/// The element's bits, most significant first, in groups of sign, exponent, mantissa where it is a float.
std::string formatBits(DType dtype, std::span<const std::byte> packed, std::uint64_t firstBit);

} // namespace shardlens
