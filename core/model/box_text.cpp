// SPDX-License-Identifier: Apache-2.0
#include "model/box_text.h"

#include "base/checked.h"

namespace shardlens {

std::string formatBox(DimsView offset, DimsView size) {
    static constexpr std::size_t MaxShown = 8, Head = 4, Tail = 3;
    std::string out = "[";
    for (std::size_t d = 0; d < offset.size(); ++d) {
        if (d > 0)
            out += ", ";
        if (offset.size() > MaxShown && d == Head) {
            out += "…";
            d = offset.size() - Tail - 1;
            continue;
        }
        const auto end = checkedAdd(offset[d], d < size.size() ? size[d] : 0);
        out += std::to_string(offset[d]) + ":" + (end ? std::to_string(*end) : "…");
    }
    return out + "]";
}

} // namespace shardlens
