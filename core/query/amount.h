// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace shardlens {

/// What a number in a filter counts: plain things, parameters (k M B T are powers of 1000), or bytes (k M G T
/// and KiB MiB GiB TiB are powers of 1024, as sizes are shown; KB MB GB TB powers of 1000).
enum class AmountUnit { Plain, Parameters, Bytes };

/// A whole number: digits with an optional fraction, exponent and unit, computed exactly. Nothing where the
/// text is no such number, the result is not whole or does not fit into 64 bits.
std::optional<std::uint64_t> parseAmount(std::string_view text, AmountUnit unit);

} // namespace shardlens
