// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/machine.h"
#include "formats/pickle/machine_number.h"
#include "formats/pickle/rules.h"
#include "formats/pickle/text_escapes.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

namespace shardlens::pickle {

bool Machine::need(std::uint64_t bytes) {
    if (bytes <= remaining()) [[likely]]
        return true;
    return refuse(rules::pickle::Truncated, {opName()});
}

bool Machine::needClaimed(std::uint64_t bytes) {
    if (bytes <= remaining()) [[likely]]
        return true;
    return refuse(rules::pickle::LengthPastEnd, {opName(), Bytes{bytes}, Bytes{remaining()}});
}

bool Machine::line(std::string_view& text) {
    const void* found = remaining() == 0 ? nullptr : std::memchr(m_at, '\n', remaining());
    if (found == nullptr)
        return refuse(rules::pickle::Truncated, {opName()});
    const auto* end = static_cast<const std::byte*>(found);
    text = {reinterpret_cast<const char*>(m_at), static_cast<std::size_t>(end - m_at)};
    m_at = end + 1;
    return true;
}

bool Machine::pushRange(Tag shortTag, Tag longTag, std::uint64_t offset, std::uint64_t length) {
    if (length > m_limits.pickleString)
        return refuse(rules::pickle::StringTooLong, {Bytes{length}, Bytes{m_limits.pickleString}});
    if (length <= MaxShortText && shortTag != longTag) [[likely]] {
        ++m_arena.m_nodes;
        return push(makeText(shortTag, offset, length));
    }
    const std::uint64_t place = allocate(2);
    if (place == 0)
        return false;
    m_arena.m_words[place] = Node(offset);
    m_arena.m_words[place + 1] = Node(length);
    return push(makeNode(longTag, place));
}

bool Machine::pushStored(Tag shortTag, Tag longTag, std::uint64_t length) {
    if (!needClaimed(length))
        return false;
    const std::uint64_t offset = offsetOf(m_at);
    m_at += length;
    return pushRange(shortTag, longTag, offset, length);
}

template <typename Length>
bool Machine::pushCounted(Tag shortTag, Tag longTag) {
    Length length = 0;
    if (!number(length))
        return false;
    if constexpr (std::is_signed_v<Length>)
        if (length < 0)
            return refuse(rules::pickle::BadArgument, {opName(), std::string("a negative length")});
    return pushStored(shortTag, longTag, static_cast<std::uint64_t>(length));
}

template bool Machine::pushCounted<std::uint8_t>(Tag, Tag);
template bool Machine::pushCounted<std::uint32_t>(Tag, Tag);
template bool Machine::pushCounted<std::int32_t>(Tag, Tag);
template bool Machine::pushCounted<std::uint64_t>(Tag, Tag);

bool Machine::pushPooled(Tag shortTag, Tag longTag, std::string_view text) {
    if (text.size() > m_budget.limit - std::min(m_budget.limit, m_budget.used))
        return refuseMemory();
    m_budget.used += text.size();
    const std::uint64_t offset = m_input.bytes.size() + m_arena.m_pool.size();
    m_arena.m_pool.append(text);
    return pushRange(shortTag, longTag, offset, text.size());
}

bool Machine::pushInteger(std::int64_t value) {
    if (value >= MinSmallInt && value <= MaxSmallInt) [[likely]]
        return push(makeInt(value));
    const std::uint64_t place = allocate(1);
    if (place == 0)
        return false;
    m_arena.m_words[place] = Node(static_cast<std::uint64_t>(value));
    return push(makeNode(Tag::WideInt, place));
}

// Little-endian two's complement of any length; none is 0.
bool Machine::pushLong(std::uint64_t length) {
    if (!needClaimed(length))
        return false;
    if (length > sizeof(std::int64_t))
        return pushStored(Tag::BigBinary, Tag::BigBinary, length);
    std::uint64_t bits = 0;
    for (std::uint64_t i = 0; i < length; ++i)
        bits |= std::to_integer<std::uint64_t>(m_at[i]) << (8 * i);
    const bool negative = length > 0 && (std::to_integer<unsigned>(m_at[length - 1]) & 0x80U) != 0;
    if (negative && length < sizeof bits)
        bits |= ~std::uint64_t{0} << (8 * length);
    m_at += length;
    return pushInteger(static_cast<std::int64_t>(bits));
}

// Decimal digits of LONG (with the L of Python 2) and of an INT that has no 32 bits.
bool Machine::pushDecimal() {
    std::string_view text;
    if (!line(text))
        return false;
    const std::uint64_t offset = offsetOf(m_at) - text.size() - 1;
    if (text.ends_with('L'))
        text.remove_suffix(1);
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc() && end == text.data() + text.size())
        return pushInteger(value);
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    const bool isNumber = !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (!isNumber)
        return refuse(rules::pickle::BadArgument, {opName(), std::string("no integer")});
    return pushRange(Tag::BigDecimal, Tag::BigDecimal, offset, text.size());
}

// Protocol 0 and 1 spell booleans as the INTs 00 and 01.
bool Machine::pushInt() {
    if (remaining() >= 3 && m_at[0] == std::byte{'0'} && m_at[2] == std::byte{'\n'} &&
        (m_at[1] == std::byte{'0'} || m_at[1] == std::byte{'1'})) {
        const bool value = m_at[1] == std::byte{'1'};
        m_at += 3;
        return push(makeNode(value ? Tag::True : Tag::False));
    }
    return pushDecimal();
}

bool Machine::pushFloat(double value) {
    const std::uint64_t place = allocate(1);
    if (place == 0)
        return false;
    m_arena.m_words[place] = Node(std::bit_cast<std::uint64_t>(value));
    return push(makeNode(Tag::Float, place));
}

bool Machine::pushBinFloat() {
    if (!need(sizeof(std::uint64_t)))
        return false;
    const auto bits = loadBig<std::uint64_t>(m_at);
    m_at += sizeof bits;
    return pushFloat(std::bit_cast<double>(bits));
}

bool Machine::pushFloatLine() {
    std::string_view text;
    if (!line(text))
        return false;
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc::invalid_argument || end != text.data() + text.size())
        return refuse(rules::pickle::BadArgument, {opName(), std::string("no number")});
    return pushFloat(value);
}

// STRING: a quoted literal of Python 2.
bool Machine::pushQuoted() {
    std::string_view text;
    if (!line(text))
        return false;
    while (!text.empty() && (text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    if (text.size() < 2 || text.front() != text.back() || (text.front() != '\'' && text.front() != '"'))
        return refuse(rules::pickle::BadArgument, {opName(), std::string("no quotes")});
    text = text.substr(1, text.size() - 2);
    if (text.find('\\') != std::string_view::npos)
        return pushPooled(Tag::Text, Tag::LongText, unescapeString(text));
    const auto* at = reinterpret_cast<const std::byte*>(text.data());
    return pushRange(Tag::Text, Tag::LongText, offsetOf(at), text.size());
}

// UNICODE: latin-1 with \uXXXX and \UXXXXXXXX.
bool Machine::pushRawUnicode() {
    std::string_view text;
    if (!line(text))
        return false;
    const bool plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c != '\\' && (c & 0x80) == 0; });
    if (!plain)
        return pushPooled(Tag::Text, Tag::LongText, unescapeRawUnicode(text));
    const auto* at = reinterpret_cast<const std::byte*>(text.data());
    return pushRange(Tag::Text, Tag::LongText, offsetOf(at), text.size());
}

} // namespace shardlens::pickle
