// SPDX-License-Identifier: Apache-2.0
#include "model/box.h"

#include <algorithm>

namespace shardlens {

std::uint64_t elementCount(DimsView dims) {
    std::uint64_t count = 1;
    for (const auto dim : dims)
        count *= dim;
    return count;
}

bool equal(DimsView a, DimsView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

} // namespace shardlens
