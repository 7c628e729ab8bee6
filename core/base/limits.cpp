// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"

namespace shardlens {

const Limits& defaultLimits() {
    static constexpr Limits limits;
    return limits;
}

} // namespace shardlens
