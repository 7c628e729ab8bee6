// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "data/box_layout.h"
#include "data/element_fixup.h"
#include "data/forward_stream.h"
#include "data/strided_gather.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace shardlens {

/// One slice's elements, laid out where the tensor has them. Safe from many threads; encoded slices serve one
/// thread at a time and are fast only for rising ranges.
class SliceReader {
public:
    /// Resolves the slice's payload and checks it against the metadata. The slice has elements.
    static Result<std::unique_ptr<SliceReader>> open(const CheckpointPtr& checkpoint, SliceId slice,
                                                     const JobContext& context);

    const BoxLayout& layout() const { return m_layout; }
    bool randomAccess() const { return m_payload.encoding.kind == Encoding::Kind::Plain; }
    bool permuted() const { return m_strided && m_strided->permuted(); }

    /// Fills what the slice has of the tensor's elements [begin, end) into `out`, which holds that range
    /// packed.
    Result<void> read(std::uint64_t begin, std::uint64_t end, std::byte* out) const;

    /// Bit of the file where an element of the tensor lies that is in this slice.
    std::optional<std::uint64_t> bitOf(std::uint64_t position) const;
    FileId file() const { return m_payload.file; }

private:
    SliceReader(Payload payload, BoxLayout layout)
        : m_payload(std::move(payload))
        , m_layout(std::move(layout)) {}

    Result<void> check(std::string_view name, const Slice& slice) const;
    Result<void> fetch(std::uint64_t offset, std::span<std::byte> out) const;
    Result<void> fetchEncoded(std::uint64_t offset, std::span<std::byte> out) const;
    Result<void> readPacked(std::uint64_t begin, std::uint64_t end, std::byte* out) const;
    Result<void> readBlocks(std::uint64_t first, std::uint64_t last, std::uint64_t begin,
                            std::byte* out) const;
    Result<void> readRuns(std::uint64_t first, std::uint64_t last, std::uint64_t begin, std::byte* out) const;
    Result<void> readBits(std::uint64_t first, std::uint64_t last, std::uint64_t begin, std::byte* out) const;
    std::uint64_t available() const; ///< bytes of the storage, decoded

    Payload m_payload;
    BoxLayout m_layout;
    ByteSourcePtr m_source;
    ElementFixup m_fixup;
    std::optional<StridedGather> m_strided;
    std::string m_tensor;
    unsigned m_bits = 0;
    std::uint64_t m_memory = 0; ///< what a decoded storage may take

    mutable std::mutex m_mutex;                      // guards the two below
    mutable std::unique_ptr<ForwardStream> m_stream; // of encoded slices
    mutable std::vector<std::byte> m_decoded;        // of encoded slices with strides: the whole storage
};

} // namespace shardlens
