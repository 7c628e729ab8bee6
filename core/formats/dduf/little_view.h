// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/checked.h"
#include "base/endian.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace shardlens::dduf {

/// Little-endian numbers in bytes; nothing where they would lie outside.
class LittleView {
public:
    explicit LittleView(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    std::uint64_t size() const { return m_bytes.size(); }
    std::span<const std::byte> bytes() const { return m_bytes; }

    template <typename T>
    std::optional<T> at(std::uint64_t offset) const {
        if (!rangeFits(offset, sizeof(T), m_bytes.size()))
            return std::nullopt;
        return loadLittle<T>(m_bytes.data() + offset);
    }
    std::optional<std::uint16_t> u16(std::uint64_t offset) const { return at<std::uint16_t>(offset); }
    std::optional<std::uint32_t> u32(std::uint64_t offset) const { return at<std::uint32_t>(offset); }
    std::optional<std::uint64_t> u64(std::uint64_t offset) const { return at<std::uint64_t>(offset); }

    /// A part, nothing where it would lie outside.
    std::optional<LittleView> part(std::uint64_t offset, std::uint64_t length) const {
        if (!rangeFits(offset, length, m_bytes.size()))
            return std::nullopt;
        return LittleView(m_bytes.subspan(offset, length));
    }

private:
    std::span<const std::byte> m_bytes;
};

} // namespace shardlens::dduf
