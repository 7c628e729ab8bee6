// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace shardlens {

/// An index that knows what it counts: a TensorId is no FileId. Default-constructed it names nothing.
template <typename Tag>
class Id {
public:
    static constexpr std::uint32_t Nothing = std::numeric_limits<std::uint32_t>::max();

    constexpr Id() = default;
    constexpr explicit Id(std::uint32_t value) : m_value(value) {}
    constexpr explicit Id(std::size_t value) : m_value(static_cast<std::uint32_t>(value)) {}

    constexpr bool valid() const { return m_value != Nothing; }
    constexpr std::uint32_t value() const { return m_value; }
    constexpr std::size_t index() const { return m_value; }
    constexpr auto operator<=>(const Id&) const = default;

private:
    std::uint32_t m_value = Nothing;
};

using TensorId = Id<struct TensorTag>;
using SliceId = Id<struct SliceTag>;
using FileId = Id<struct FileTag>;
using EntryId = Id<struct EntryTag>;
using FindingId = Id<struct FindingTag>;

} // namespace shardlens

template <typename Tag>
struct std::hash<shardlens::Id<Tag>> {
    std::size_t operator()(const shardlens::Id<Tag>& id) const noexcept { return id.index(); }
};
