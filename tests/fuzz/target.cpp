// SPDX-License-Identifier: Apache-2.0
#include "fuzz/target.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace shardlens::fuzz {

std::vector<Target>& targets() {
    static std::vector<Target> all;
    return all;
}

Registered::Registered(Target target) {
    targets().push_back(std::move(target));
}

void require(bool holds, const char* what) {
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

} // namespace shardlens::fuzz
