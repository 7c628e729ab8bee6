// SPDX-License-Identifier: Apache-2.0
#include "data/box_layout.h"

#include <algorithm>
#include <cstring>

namespace shardlens {

namespace {

template <std::size_t N>
void copyRowsOf(std::byte* to, std::size_t toStep, const std::byte* from, std::uint64_t count) {
    for (std::uint64_t i = 0; i != count; ++i, to += toStep, from += N)
        std::memcpy(to, from, N);
}

/// `count` rows of `bytes` each, packed in `from`, `toStep` bytes apart in `to`.
void copyRows(std::byte* to, std::size_t toStep, const std::byte* from, std::size_t bytes,
              std::uint64_t count) {
    switch (bytes) {
    case 1:
        return copyRowsOf<1>(to, toStep, from, count);
    case 2:
        return copyRowsOf<2>(to, toStep, from, count);
    case 4:
        return copyRowsOf<4>(to, toStep, from, count);
    case 8:
        return copyRowsOf<8>(to, toStep, from, count);
    case 16:
        return copyRowsOf<16>(to, toStep, from, count);
    case 32:
        return copyRowsOf<32>(to, toStep, from, count);
    case 64:
        return copyRowsOf<64>(to, toStep, from, count);
    default:
        for (std::uint64_t i = 0; i != count; ++i, to += toStep, from += bytes)
            std::memcpy(to, from, bytes);
    }
}

} // namespace

BoxLayout::BoxLayout(DimsView shape, const Box& box) {
    for (std::size_t i = 0; i != shape.size(); ++i) {
        const Dim dim{shape[i], box.offset[i], box.size[i], 0, 0};
        const bool whole = dim.offset == 0 && dim.size == dim.shape;
        if (!m_dims.empty() && whole) { // rows of a whole inner dim lie together
            auto& outer = m_dims.back();
            outer.shape *= dim.shape;
            outer.offset *= dim.shape;
            outer.size *= dim.shape;
        } else {
            m_dims.push_back(dim);
        }
    }
    if (m_dims.empty())
        m_dims.push_back({1, 0, 1, 0, 0});
    std::uint64_t step = 1;
    for (auto dim = m_dims.rbegin(); dim != m_dims.rend(); ++dim) {
        dim->step = step;
        dim->boxStep = m_elements;
        m_first += dim->offset * step;
        if (dim->size != 0)
            m_last += (dim->offset + dim->size - 1) * step;
        step *= dim->shape;
        m_elements *= dim->size;
    }
}

bool BoxLayout::contains(std::uint64_t position) const {
    for (const auto& dim : m_dims) {
        const auto index = position / dim.step;
        position %= dim.step;
        if (index < dim.offset || index - dim.offset >= dim.size)
            return false;
    }
    return true;
}

std::uint64_t BoxLayout::countBefore(std::uint64_t position) const {
    std::uint64_t count = 0;
    for (const auto& dim : m_dims) {
        const auto index = position / dim.step;
        position %= dim.step;
        if (index < dim.offset)
            return count;
        if (index - dim.offset >= dim.size)
            return count + dim.size * dim.boxStep;
        count += (index - dim.offset) * dim.boxStep;
    }
    return count;
}

std::uint64_t BoxLayout::positionOf(std::uint64_t element) const {
    std::uint64_t position = 0;
    for (const auto& dim : m_dims) {
        position += (dim.offset + element / dim.boxStep) * dim.step;
        element %= dim.boxStep;
    }
    return position;
}

BoxLayout::Run BoxLayout::runAt(std::uint64_t element) const {
    return {positionOf(element), runLength() - element % runLength()};
}

void BoxLayout::scatter(std::uint64_t begin, std::span<const std::byte> packed, std::size_t elementBytes,
                        std::uint64_t outBegin, std::byte* out) const {
    const auto run = runLength();
    const std::byte* from = packed.data();
    std::uint64_t left = packed.size() / elementBytes;
    while (left != 0) {
        const auto at = runAt(begin);
        std::byte* to = out + (at.position - outBegin) * elementBytes;
        std::uint64_t done = std::min(at.length, left);
        if (at.length == run && left >= run && m_dims.size() > 1) {
            const auto& rows = m_dims[m_dims.size() - 2];
            const auto row = begin / run % rows.size;
            const auto count = std::min(rows.size - row, left / run);
            copyRows(to, rows.step * elementBytes, from, run * elementBytes, count);
            done = count * run;
        } else {
            std::memcpy(to, from, done * elementBytes);
        }
        begin += done;
        from += done * elementBytes;
        left -= done;
    }
}

} // namespace shardlens
