// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"
#include "model/payload.h"

#include <cstddef>
#include <span>

namespace shardlens {

/// What is left to do to elements once they are packed: byte order, conj and neg. In place.
struct ElementFixup {
    DType dtype = DType::Unknown;
    ByteOrder order = ByteOrder::Little;
    bool conj = false;
    bool neg = false;

    bool needed() const;
    void apply(std::span<std::byte> packed) const;

    /// False for flags that the dtype has no meaning for: conj of reals, neg of bools and of sub-byte types.
    static bool canConjugate(DType dtype);
    static bool canNegate(DType dtype);
};

} // namespace shardlens
