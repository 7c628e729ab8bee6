// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace shardlens {

/// Three significant digits in binary units: `0 B`, `1002 MiB`, `1.87 GiB`.
std::string formatBytes(std::uint64_t bytes);

/// Parameters and other large counts: `1,234`, `58.7 M`, `8.03 B`.
std::string formatCount(std::uint64_t count);

/// Digits grouped by commas: `58,720,256`.
std::string formatGrouped(std::uint64_t number);

/// `[14336 × 4096]`, `[]` for none; from the ninth dim on elided in the middle.
std::string formatShape(std::span<const std::uint64_t> dims);

/// `5GB` = 5·10^9, `5GiB` or `5G` in filters is up to the caller; here: B, kB/KB MB GB TB = powers of 1000,
/// KiB MiB GiB TiB = powers of 1024, plain digits = bytes; fractions allowed (`1.5GiB`). Nothing where unreadable.
std::optional<std::uint64_t> parseBytes(std::string_view text);

} // namespace shardlens
