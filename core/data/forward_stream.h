// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "io/byte_source.h"
#include "model/payload.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace shardlens {

/// The decoded bytes of a compressed payload, which can only be read forwards. Memory is one input block and
/// the decoders' windows, whatever the stream claims. Not thread-safe.
class ForwardStream {
public:
    /// `tensor` is for messages. The stream begins after the encoding's `skip`.
    ForwardStream(ByteSourcePtr source, ByteRange stored, Encoding encoding, std::string tensor);
    ~ForwardStream();
    ForwardStream(const ForwardStream&) = delete;
    ForwardStream& operator=(const ForwardStream&) = delete;

    /// Fills `out` from decoded position `offset` on. Going back restarts the decoder.
    Result<void> read(std::uint64_t offset, std::span<std::byte> out);

    class Stage; ///< one decoder of the chain; the innermost feeds from the file

private:
    Result<void> restart();
    Result<void> skipTo(std::uint64_t offset);

    ByteSourcePtr m_source;
    ByteRange m_stored;
    Encoding m_encoding;
    std::string m_tensor;
    std::unique_ptr<Stage> m_top;
    std::uint64_t m_position = 0; ///< decoded bytes after `skip` that were handed out
};

} // namespace shardlens
