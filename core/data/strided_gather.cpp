// SPDX-License-Identifier: Apache-2.0
#include "data/strided_gather.h"

#include "base/checked.h"
#include "data/bit_copy.h"

#include <algorithm>
#include <cstring>

namespace shardlens {

namespace {

constexpr std::uint64_t WindowBytes = 1024 * 1024;
/// Reading over a gap costs no more than another call as long as it is about a page.
constexpr std::uint64_t GapBytes = 4096;

using Dim = StridedGather::Dim;

/// A box of elements, strides made positive and sorted as the storage has them, outermost first.
struct StorageBox {
    std::vector<Dim> dims;
    std::uint64_t from = 0; ///< storage index of the lowest element
    std::uint64_t to = 0;   ///< its place in the output
};

/// Moves single elements from a window to the output.
class Mover {
public:
    Mover(unsigned bits, std::byte* out) : m_bits(bits), m_out(out) {}

    /// `window` begins at the storage's byte `windowByte`. Walks `dims` from `from`.
    void move(std::span<const Dim> dims, std::uint64_t from, std::uint64_t to, const std::byte* window,
              std::uint64_t windowByte) const {
        if (dims.empty())
            return one(from, to, window, windowByte);
        const auto& dim = dims.front();
        const auto stride = static_cast<std::uint64_t>(dim.stride);
        if (dims.size() > 1) {
            for (std::uint64_t i = 0; i != dim.size; ++i)
                move(dims.subspan(1), from + i * stride, to + i * dim.outStride, window, windowByte);
            return;
        }
        switch (m_bits) {
        case 8:
            return row<1>(dim, from, to, window, windowByte);
        case 16:
            return row<2>(dim, from, to, window, windowByte);
        case 32:
            return row<4>(dim, from, to, window, windowByte);
        case 64:
            return row<8>(dim, from, to, window, windowByte);
        default:
            for (std::uint64_t i = 0; i != dim.size; ++i)
                one(from + i * stride, to + i * dim.outStride, window, windowByte);
        }
    }

private:
    void one(std::uint64_t from, std::uint64_t to, const std::byte* window, std::uint64_t windowByte) const {
        copyBits(window, from * m_bits - windowByte * 8, m_out, to * m_bits, m_bits);
    }

    template <std::size_t N>
    void row(const Dim& dim, std::uint64_t from, std::uint64_t to, const std::byte* window,
             std::uint64_t windowByte) const {
        const std::byte* source = window + (from * N - windowByte);
        std::byte* target = m_out + to * N;
        const auto step = static_cast<std::uint64_t>(dim.stride) * N;
        if (step == N && dim.outStride == 1) {
            std::memcpy(target, source, dim.size * N);
            return;
        }
        for (std::uint64_t i = 0; i != dim.size; ++i, source += step, target += dim.outStride * N)
            std::memcpy(target, source, N);
    }

    unsigned m_bits;
    std::byte* m_out;
};

/// Reads a box of the storage in windows and moves its elements out.
class BoxCopier {
public:
    BoxCopier(unsigned bits, const StridedGather::Fetch& fetch, std::byte* out)
        : m_bits(bits)
        , m_fetch(fetch)
        , m_mover(bits, out) {}

    Result<void> copy(StorageBox box) {
        for (auto& dim : box.dims)
            if (dim.stride <
                0) { // begin at the lowest element instead; outStride then counts down, modulo 2^64
                const auto last = dim.size - 1;
                box.from -= last * static_cast<std::uint64_t>(-dim.stride);
                box.to += last * dim.outStride;
                dim.stride = -dim.stride;
                dim.outStride = 0 - dim.outStride;
            }
        std::erase_if(box.dims, [](const Dim& dim) { return dim.size == 1; });
        std::ranges::stable_sort(box.dims, [](const Dim& a, const Dim& b) { return a.stride > b.stride; });
        return outer(box.dims, box.from, box.to);
    }

private:
    std::uint64_t bytesOf(std::uint64_t elements) const { return (elements * m_bits + 7) / 8; }

    static std::uint64_t span(std::span<const Dim> dims) {
        std::uint64_t reach = 1;
        for (const auto& dim : dims)
            reach += (dim.size - 1) * static_cast<std::uint64_t>(dim.stride);
        return reach;
    }

    /// True where all of `dims` is better read at once.
    bool fits(std::span<const Dim> dims) const {
        if (bytesOf(span(dims)) > WindowBytes)
            return false;
        for (std::size_t i = 0; i != dims.size(); ++i) {
            const auto step = bytesOf(static_cast<std::uint64_t>(dims[i].stride));
            if (step > std::max(GapBytes, 8 * bytesOf(span(dims.subspan(i + 1)))))
                return false;
        }
        return true;
    }

    Result<void> outer(std::span<const Dim> dims, std::uint64_t from, std::uint64_t to) {
        if (fits(dims))
            return window(dims, from, to);
        const auto& dim = dims.front();
        const auto inner = dims.subspan(1);
        const auto stride = static_cast<std::uint64_t>(dim.stride);
        std::uint64_t together = 1; // as many indices as a window holds
        std::vector<Dim> part(dims.begin(), dims.end());
        if (const auto step = bytesOf(stride); step <= GapBytes && bytesOf(span(inner)) <= WindowBytes / 2)
            together = std::max<std::uint64_t>(1, WindowBytes / 2 / std::max<std::uint64_t>(step, 1));
        for (std::uint64_t i = 0; i < dim.size; i += together) {
            const auto count = std::min(together, dim.size - i);
            part.front().size = count;
            const auto next = count == 1 ? inner : std::span<const Dim>(part);
            if (count == 1 || fits(next))
                SHARDLENS_CHECK(outer(next, from + i * stride, to + i * dim.outStride));
            else
                for (std::uint64_t j = i; j != i + count; ++j)
                    SHARDLENS_CHECK(outer(inner, from + j * stride, to + j * dim.outStride));
        }
        return {};
    }

    Result<void> window(std::span<const Dim> dims, std::uint64_t from, std::uint64_t to) {
        const auto firstByte = from * m_bits / 8;
        const auto endByte = ((from + span(dims)) * m_bits + 7) / 8;
        m_window.resize(static_cast<std::size_t>(endByte - firstByte));
        SHARDLENS_CHECK(m_fetch(firstByte, m_window));
        m_mover.move(dims, from, to, m_window.data(), firstByte);
        return {};
    }

    unsigned m_bits;
    const StridedGather::Fetch& m_fetch;
    Mover m_mover;
    std::vector<std::byte> m_window;
};

} // namespace

std::optional<StrideReach> strideReach(DimsView size, const Strides& strides) {
    StrideReach reach;
    for (std::size_t i = 0; i != size.size(); ++i) {
        if (size[i] == 0)
            return StrideReach{};
        if (size[i] - 1 > static_cast<std::uint64_t>(INT64_MAX))
            return std::nullopt;
        const auto far = checkedMul(static_cast<std::int64_t>(size[i] - 1), strides[i]);
        if (!far)
            return std::nullopt;
        auto& end = *far < 0 ? reach.lowest : reach.highest;
        const auto sum = checkedAdd(end, *far);
        if (!sum)
            return std::nullopt;
        end = *sum;
    }
    return reach;
}

StridedGather::StridedGather(DimsView size, const Strides& strides, std::uint64_t start, unsigned elementBits)
    : m_start(static_cast<std::int64_t>(start))
    , m_bits(elementBits) {
    std::uint64_t outStride = 1;
    for (std::size_t i = size.size(); i-- != 0;) {
        if (!m_dims.empty() &&
            strides[i] == m_dims.back().stride * static_cast<std::int64_t>(m_dims.back().size))
            m_dims.back().size *= size[i];
        else if (size[i] != 1)
            m_dims.push_back({size[i], strides[i], outStride});
        outStride *= size[i];
    }
    if (m_dims.empty())
        m_dims.push_back({1, 1, 1});
    std::ranges::reverse(m_dims);
}

std::uint64_t StridedGather::storageIndex(std::uint64_t element) const {
    auto index = m_start;
    for (const auto& dim : m_dims) {
        index += static_cast<std::int64_t>(element / dim.outStride) * dim.stride;
        element %= dim.outStride;
    }
    return static_cast<std::uint64_t>(index);
}

bool StridedGather::permuted() const {
    for (std::size_t i = 1; i < m_dims.size(); ++i)
        if (std::abs(m_dims[i].stride) > std::abs(m_dims[i - 1].stride) && m_dims[i - 1].stride != 0)
            return true;
    return false;
}

/// Cuts an interval of the row-major order into boxes: at most two a dim and one.
struct StridedGather::Cut {
    const std::vector<Dim>& dims;
    std::uint64_t begin;
    BoxCopier& copier;

    Result<void> cut(std::size_t level, std::uint64_t low, std::uint64_t high, std::int64_t from,
                     std::uint64_t to) {
        const auto& dim = dims[level];
        const auto inner = dim.outStride;
        const auto at = [&](std::uint64_t index) {
            return from + static_cast<std::int64_t>(index) * dim.stride;
        };
        auto first = low / inner;
        const auto last = high / inner;
        if (low % inner != 0) {
            const auto end = first == last ? high % inner : inner;
            SHARDLENS_CHECK(cut(level + 1, low % inner, end, at(first), to + first * inner));
            if (first == last)
                return {};
            ++first;
        }
        if (first < last) {
            StorageBox box{{dims.begin() + static_cast<std::ptrdiff_t>(level), dims.end()}, 0, 0};
            box.dims.front().size = last - first;
            box.from = static_cast<std::uint64_t>(at(first));
            box.to = to + first * inner - begin;
            SHARDLENS_CHECK(copier.copy(std::move(box)));
        }
        if (high % inner != 0 && first <= last)
            SHARDLENS_CHECK(cut(level + 1, 0, high % inner, at(last), to + last * inner));
        return {};
    }
};

Result<void> StridedGather::gather(std::uint64_t begin, std::uint64_t end, const Fetch& fetch,
                                   std::byte* out) const {
    if (begin == end)
        return {};
    BoxCopier copier(m_bits, fetch, out);
    return Cut{m_dims, begin, copier}.cut(0, begin, end, m_start, 0);
}

} // namespace shardlens
