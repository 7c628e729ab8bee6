// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/integer_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace shardlens::pickle {

namespace {

constexpr std::size_t MaxDecimalBytes = 4096;
constexpr std::size_t MaxHexBytes = 1 << 20;

// The magnitude as 32-bit digits, least significant first.
std::vector<std::uint32_t> magnitude(std::string_view bytes, bool negative) {
    std::vector<std::uint32_t> digits((bytes.size() + 3) / 4, 0);
    unsigned carry = negative ? 1 : 0;
    for (std::size_t i = 0; i < digits.size() * 4; ++i) {
        unsigned byte = i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : negative ? 0xffU : 0U;
        if (negative) {
            byte = (~byte & 0xffU) + carry;
            carry = byte >> 8;
            byte &= 0xffU;
        }
        digits[i / 4] |= byte << (8 * (i % 4));
    }
    if (carry != 0)
        digits.push_back(1);
    while (!digits.empty() && digits.back() == 0)
        digits.pop_back();
    return digits;
}

std::string decimal(std::vector<std::uint32_t> digits) {
    std::string text;
    while (!digits.empty()) {
        std::uint64_t rest = 0;
        for (std::size_t i = digits.size(); i-- > 0;) {
            const std::uint64_t value = rest << 32 | digits[i];
            digits[i] = static_cast<std::uint32_t>(value / 1'000'000'000);
            rest = value % 1'000'000'000;
        }
        while (!digits.empty() && digits.back() == 0)
            digits.pop_back();
        for (int i = 0; i < 9 && (rest > 0 || !digits.empty()); ++i) {
            text.push_back(static_cast<char>('0' + rest % 10));
            rest /= 10;
        }
    }
    return text;
}

std::string hexadecimal(const std::vector<std::uint32_t>& digits) {
    constexpr std::string_view Hex = "0123456789abcdef";
    std::string text;
    for (const std::uint32_t digit : digits)
        for (int shift = 0; shift < 32; shift += 4)
            text.push_back(Hex[digit >> shift & 0xf]);
    while (text.size() > 1 && text.back() == '0')
        text.pop_back();
    text.append("x0");
    return text;
}

} // namespace

std::string binaryIntegerText(std::string_view bytes) {
    if (bytes.size() > MaxHexBytes)
        return "int of " + std::to_string(bytes.size()) + " bytes";
    const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
    auto digits = magnitude(bytes, negative);
    if (digits.empty())
        return "0";
    std::string text = bytes.size() > MaxDecimalBytes ? hexadecimal(digits) : decimal(std::move(digits));
    if (negative)
        text.push_back('-');
    std::reverse(text.begin(), text.end());
    return text;
}

} // namespace shardlens::pickle
