// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

namespace shardlens {

Utf8Step decodeUtf8(std::string_view text, std::size_t position) {
    const auto byteAt = [text](std::size_t at) {
        return static_cast<unsigned char>(text[at]);
    };
    const unsigned first = byteAt(position);
    if (first < 0x80)
        return {first, 1, true};
    std::size_t length = 0;
    char32_t least = 0;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
        least = 0x80;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        least = 0x800;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        least = 0x10000;
    }
    if (length == 0 || length > text.size() - position)
        return {};
    char32_t value = first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const unsigned next = byteAt(position + i);
        if ((next & 0xC0) != 0x80)
            return {};
        value = (value << 6) | (next & 0x3F);
    }
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < least || value > 0x10FFFF || surrogate)
        return {};
    return {value, length, true};
}

} // namespace shardlens
