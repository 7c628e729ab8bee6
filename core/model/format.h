// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace shardlens {

/// Kinds of checkpoints, as `info --json` names them.
enum class Format : std::uint8_t {
    Safetensors,
    ShardedSafetensors,
    DcpSafetensors,
    Dcp,
    Torch,
    ShardedTorch,
    Dduf,
    Diffusers
};

/// `safetensors`, `sharded-safetensors`, `dcp-safetensors`, `dcp`, `torch`, `sharded-torch`, `dduf`,
/// `diffusers`.
std::string_view formatId(Format format);
/// For people: `PyTorch DCP`, `safetensors, sharded`.
std::string_view formatTitle(Format format);

} // namespace shardlens
