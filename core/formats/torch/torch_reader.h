// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

namespace shardlens::torch {

struct TorchFile;

/// Single torch.save files, whatever their suffix: .pt, .pth, .bin, .ckpt. Recognised by their first bytes
/// and the ZIP directory.
const FormatReader& reader();

/// True where a file's head and name make it worth asking for a ZIP directory with data.pkl.
bool looksLikeTorch(std::span<const std::byte> head, std::string_view name);

/// What wrote a file, as far as its records prove.
std::string writerOf(const TorchFile& file);

} // namespace shardlens::torch
