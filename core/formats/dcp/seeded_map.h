// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/hash.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shardlens::dcp {

/// For tables whose keys a file chooses: none can be made whose keys collide.
struct SeededHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return seededHash(text.data(), text.size()); }
    std::size_t operator()(std::uint64_t bits) const { return seededHash(&bits, sizeof bits); }
};

template <typename Value>
using TextMap = std::unordered_map<std::string_view, Value, SeededHash>;
template <typename Value>
using NodeMap = std::unordered_map<std::uint64_t, Value, SeededHash>;

} // namespace shardlens::dcp
