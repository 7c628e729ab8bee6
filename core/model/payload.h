// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/id.h"
#include "model/box.h"
#include "model/dtype.h"

#include <cstdint>

namespace shardlens {

enum class ByteOrder : std::uint8_t { Little, Big };

/// How stored bytes become plain bytes. Plain ones can be read at random; the others only forwards.
struct Encoding {
    enum class Kind : std::uint8_t { Plain, Deflate, Zstd };
    Kind kind = Kind::Plain;
    std::uint64_t skip = 0;    ///< bytes to drop after decoding, before the payload begins
    std::uint64_t decoded = 0; ///< bytes of the payload after that
    /// Zstd frames that themselves hold Zstd frames, as often as this (transform descriptors can be stacked).
    std::uint8_t layers = 1;
};

/// How a slice's elements lie in a file, exactly. Resolved on demand (Checkpoint::payload), never kept.
struct Payload {
    FileId file;
    ByteRange bytes; ///< stored bytes: of the storage that the elements lie in, or of the compressed stream
    Encoding encoding;
    DType dtype = DType::Unknown;
    ByteOrder order = ByteOrder::Little;
    std::uint64_t start = 0; ///< the first element's index in the (decoded) bytes
    Strides strides;         ///< in elements, a dim of the slice each; empty: row-major, packed
    bool conj = false;       ///< imaginary parts change their sign
    bool neg = false;        ///< values change their sign

    bool plain() const {
        return encoding.kind == Encoding::Kind::Plain && order == ByteOrder::Little && strides.empty() &&
               !conj && !neg;
    }
};

} // namespace shardlens
