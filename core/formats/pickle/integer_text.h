// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shardlens::pickle {

/// A little-endian two's complement integer of any length in decimal; above 4 KiB in hexadecimal, since
/// decimal digits take quadratic time, and above 1 MiB only how long it is.
std::string binaryIntegerText(std::string_view bytes);

} // namespace shardlens::pickle
