// SPDX-License-Identifier: Apache-2.0
// libFuzzer's way into the one target that is linked with it.
#include "fuzz/target.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shardlens::fuzz::targets().front().run({reinterpret_cast<const char*>(data), size});
    return 0;
}
