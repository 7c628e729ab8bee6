// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace shardlens::safetensors {

/// Opens one safetensors file by itself; a file that belongs to a folder's index is taken by others before.
const FormatReader& reader();

/// True where a file's first bytes (at least ten) are those of a safetensors header that the file can hold.
bool looksLikeHeader(std::span<const std::byte> head, std::uint64_t fileBytes);

} // namespace shardlens::safetensors
