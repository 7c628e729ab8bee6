// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace shardlens {

/// Elements [begin, end) of a tensor in row-major order.
struct ElementRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    constexpr std::uint64_t size() const { return end - begin; }
};

/// The one way to a tensor's elements, for figures and conversions alike: slices assembled, strides, byte
/// order, conj and neg bits and encodings resolved, so that what comes out is row-major, little-endian, packed.
///
/// Safe from many threads at once where `randomAccess`; otherwise ranges are read with rising begin by one
/// thread (the reader keeps one decoder a slice).
class TensorReader {
public:
    /// Resolves the payloads of the tensor's slices. Fails for a tensor that is not readable (with the finding's
    /// own error) and where a payload contradicts the metadata.
    static Result<std::shared_ptr<TensorReader>> open(CheckpointPtr checkpoint, TensorId tensor,
                                                      const JobContext& context);
    ~TensorReader();

    DType dtype() const;
    std::uint64_t elements() const;
    std::uint64_t bytes() const; ///< of all elements, packed
    bool randomAccess() const;
    /// A good size for read(), in elements: whole bytes, about the L2 cache (256 KiB to 1 MiB).
    std::uint64_t preferredRange() const;

    /// Fills `out`, which has exactly the packed bytes of the range; begin and end fall on whole bytes.
    Result<void> read(ElementRange range, std::span<std::byte> out) const;

    /// Where one element is stored: for the cell footer of the values view. Nothing for encoded slices.
    struct Stored {
        FileId file;
        std::uint64_t bit = 0; ///< from the file's beginning
    };
    std::optional<Stored> locate(std::uint64_t element) const;

private:
    struct State;
    explicit TensorReader(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace shardlens
