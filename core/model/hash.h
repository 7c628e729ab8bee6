// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace shardlens {

/// A hash of bytes with a seed drawn once per process, so that no file can be made whose names collide. Never
/// stored or shown.
std::uint64_t seededHash(const void* bytes, std::size_t count);

} // namespace shardlens
