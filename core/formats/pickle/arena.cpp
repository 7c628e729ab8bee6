// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/arena.h"

namespace shardlens::pickle {

std::span<const Node> Arena::items(Node node) const {
    const std::uint64_t place = payloadOf(node);
    switch (tagOf(node)) {
    case Tag::Tuple:
    case Tag::Size:
    case Tag::FrozenSet:
        return {m_words.data() + place + 1, m_words[place].bits()};
    case Tag::List:
    case Tag::Set:
    case Tag::Dict: {
        const auto count = static_cast<std::uint32_t>(m_words[place].bits());
        return {m_words.data() + m_words[place + 1].bits(), count};
    }
    case Tag::Persistent:
        return {m_words.data() + place, 1};
    default:
        return {};
    }
}

std::string_view Arena::stored(std::uint64_t offset, std::uint64_t length) const {
    if (offset < m_source.size())
        return {reinterpret_cast<const char*>(m_source.data()) + offset, length};
    return std::string_view(m_pool).substr(offset - m_source.size(), length);
}

std::string_view Arena::text(Node node) const {
    switch (tagOf(node)) {
    case Tag::Text:
    case Tag::Bytes:
        return stored(payloadOf(node) >> LengthBits, payloadOf(node) & MaxShortText);
    case Tag::LongText:
    case Tag::LongBytes:
    case Tag::ByteArray:
    case Tag::BigBinary:
    case Tag::BigDecimal:
        return stored(m_words[payloadOf(node)].bits(), m_words[payloadOf(node) + 1].bits());
    default:
        return {};
    }
}

} // namespace shardlens::pickle
