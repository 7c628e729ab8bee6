// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/checked.h"
#include "formats/pickle/pickle.h"
#include "model/box.h"

#include <string>

namespace shardlens::dcp {

/// The numbers of a torch.Size, tuple or list; false where it holds anything else. `lastTimes` multiplies the
/// last dim: a float4_e2m1fn_x2 packs two values, which we count.
inline bool readDims(const pickle::Pickle& pickle, pickle::Node node, std::uint64_t lastTimes, Dims& out) {
    out.clear();
    const auto kind = pickle.kind(node);
    if (kind != pickle::Kind::Size && kind != pickle::Kind::Tuple && kind != pickle::Kind::List)
        return false;
    for (const pickle::Node item : pickle.items(node)) {
        const auto value = pickle.asCount(item);
        if (!value)
            return false;
        out.push_back(*value);
    }
    if (lastTimes == 1 || out.empty())
        return true;
    const auto scaled = checkedMul(out.back(), lastTimes);
    out.back() = scaled.value_or(0);
    return scaled.has_value();
}

/// Where a slice begins, for messages: `[4, 0]`.
inline std::string offsetText(DimsView offset) {
    std::string text = "[";
    for (const std::uint64_t one : offset)
        text += (text.size() == 1 ? "" : ", ") + std::to_string(one);
    return text + "]";
}

} // namespace shardlens::dcp
