// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "model/box.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace shardlens {

/// Elements that lie in a storage with any strides (positive, negative, zero, overlapping), gathered in
/// row-major order. The storage is read in its own order in windows of about a MiB; memory is that and
/// nothing more.
class StridedGather {
public:
    /// `size` and `strides` (in elements) have the same length; `start` is the first element's index in the
    /// storage. Every index has been checked to lie in it. `elementBits` may be less than a byte.
    StridedGather(DimsView size, const Strides& strides, std::uint64_t start, unsigned elementBits);

    /// Reads bytes of the storage.
    using Fetch = std::function<Result<void>(std::uint64_t offset, std::span<std::byte> out)>;

    /// Gathers elements [begin, end) of the row-major order, packed from the first bit of `out`.
    Result<void> gather(std::uint64_t begin, std::uint64_t end, const Fetch& fetch, std::byte* out) const;

    /// Where an element of the row-major order lies, as an index into the storage.
    std::uint64_t storageIndex(std::uint64_t element) const;

    /// True where row-major order jumps about in the storage, so that large ranges cost less than small ones.
    bool permuted() const;

    struct Dim {
        std::uint64_t size;
        std::int64_t stride;     ///< storage elements
        std::uint64_t outStride; ///< elements of the row-major order
    };

private:
    struct Cut;
    std::vector<Dim> m_dims; ///< outermost first, those that lie together merged; never empty
    std::int64_t m_start;
    unsigned m_bits;
};

/// The lowest and highest index that strides reach from 0; nothing where that overflows.
struct StrideReach {
    std::int64_t lowest = 0, highest = 0;
};
std::optional<StrideReach> strideReach(DimsView size, const Strides& strides);

} // namespace shardlens
