// SPDX-License-Identifier: Apache-2.0
#include "query/natural_key.h"

#include <cstddef>
#include <cstdint>

namespace shardlens {

namespace {

constexpr char PartEnd = 0, ContentEnd = 1, Escape = 2;
constexpr char NumberMark = '0'; // numbers sort among other bytes where digits do

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// A count as bytes that compare like it and are neither PartEnd nor ContentEnd.
void appendCount(std::string& key, std::uint64_t count) {
    constexpr std::uint64_t small = 200;
    if (count < small) {
        key.push_back(static_cast<char>(count + Escape));
        return;
    }
    key.push_back(static_cast<char>(small + Escape));
    for (int shift = 63; shift >= 0; shift -= 7)
        key.push_back(static_cast<char>(0x80u | ((count >> static_cast<unsigned>(shift)) & 0x7fu)));
}

void appendByte(std::string& key, char c) {
    if (static_cast<unsigned char>(c) > Escape) {
        key.push_back(c);
        return;
    }
    key.push_back(Escape);
    key.push_back(static_cast<char>(c + Escape));
}

/// The end of the digits that begin at `from`.
std::size_t digitsEnd(std::string_view part, std::size_t from) {
    while (from < part.size() && isDigit(part[from]))
        ++from;
    return from;
}

/// Zeros before the last digit: `0` and `00` differ by these alone.
std::size_t leadingZeros(std::string_view digits) {
    std::size_t zeros = 0;
    while (zeros + 1 < digits.size() && digits[zeros] == '0')
        ++zeros;
    return zeros;
}

} // namespace

void appendNaturalKey(std::string& key, std::string_view part) {
    bool padded = false;
    for (std::size_t i = 0; i < part.size();) {
        if (!isDigit(part[i])) {
            appendByte(key, part[i++]);
            continue;
        }
        const auto end = digitsEnd(part, i);
        const auto digits = part.substr(i, end - i);
        const auto zeros = leadingZeros(digits);
        padded = padded || zeros > 0;
        key.push_back(NumberMark);
        appendCount(key, digits.size() - zeros);
        key.append(digits.substr(zeros));
        i = end;
    }
    if (padded) {
        key.push_back(ContentEnd);
        for (std::size_t i = 0; i < part.size();) {
            const auto end = digitsEnd(part, i);
            if (end > i)
                appendCount(key, leadingZeros(part.substr(i, end - i)));
            i = end > i ? end : i + 1;
        }
    }
    key.push_back(PartEnd);
}

} // namespace shardlens
