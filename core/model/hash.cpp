// SPDX-License-Identifier: Apache-2.0
#include "model/hash.h"

#include <chrono>
#include <exception>
#include <random>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace shardlens {

namespace {

std::uint64_t drawSeed() {
    try {
        std::random_device device;
        return (std::uint64_t{device()} << 32) | device();
    } catch (const std::exception&) { // no source of randomness: time still differs from run to run
        return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    }
}

} // namespace

std::uint64_t seededHash(const void* bytes, std::size_t count) {
    static const std::uint64_t seed = drawSeed();
    return XXH3_64bits_withSeed(bytes, count, seed);
}

} // namespace shardlens
