// SPDX-License-Identifier: Apache-2.0
#include "data/element_fixup.h"

#include "base/endian.h"

#include <algorithm>

namespace shardlens {

namespace {

/// Bytes of the numbers that an element is made of: half an element where it is complex.
std::size_t partBytes(DType dtype) {
    const auto bytes = std::size_t{bitsOf(dtype)} / 8;
    return info(dtype).kind == DTypeKind::Complex ? bytes / 2 : bytes;
}

void swapParts(std::span<std::byte> packed, std::size_t bytes) {
    for (std::size_t at = 0; at + bytes <= packed.size(); at += bytes)
        std::reverse(packed.begin() + static_cast<std::ptrdiff_t>(at),
                     packed.begin() + static_cast<std::ptrdiff_t>(at + bytes));
}

template <std::unsigned_integral T>
void swapAll(std::span<std::byte> packed) {
    for (std::size_t at = 0; at + sizeof(T) <= packed.size(); at += sizeof(T))
        storeLittle(packed.data() + at, byteSwap(loadLittle<T>(packed.data() + at)));
}

/// Turns the sign bit of every part (or of every second one: imaginary parts).
void flipSigns(std::span<std::byte> packed, std::size_t bytes, std::size_t first, std::size_t step) {
    for (std::size_t at = first * bytes + bytes - 1; at < packed.size(); at += step * bytes)
        packed[at] ^= std::byte{0x80};
}

template <std::unsigned_integral T>
void negateIntegers(std::span<std::byte> packed) {
    for (std::size_t at = 0; at + sizeof(T) <= packed.size(); at += sizeof(T))
        storeLittle(packed.data() + at, static_cast<T>(T{0} - loadLittle<T>(packed.data() + at)));
}

bool isFnuz(DType dtype) {
    return dtype == DType::F8E4M3Fnuz || dtype == DType::F8E5M2Fnuz;
}

} // namespace

bool ElementFixup::canConjugate(DType dtype) {
    return info(dtype).kind == DTypeKind::Complex;
}

bool ElementFixup::canNegate(DType dtype) {
    const auto kind = info(dtype).kind;
    return bitsOf(dtype) >= 8 && dtype != DType::F8E8M0 &&
           (kind == DTypeKind::Float || kind == DTypeKind::Complex || kind == DTypeKind::Signed ||
            kind == DTypeKind::Unsigned);
}

bool ElementFixup::needed() const {
    return conj || neg || (order == ByteOrder::Big && bitsOf(dtype) > 8);
}

void ElementFixup::apply(std::span<std::byte> packed) const {
    const auto bytes = partBytes(dtype);
    const auto kind = info(dtype).kind;
    if (order == ByteOrder::Big && bytes > 1) {
        if (bytes == 2)
            swapAll<std::uint16_t>(packed);
        else if (bytes == 4)
            swapAll<std::uint32_t>(packed);
        else if (bytes == 8)
            swapAll<std::uint64_t>(packed);
        else
            swapParts(packed, bytes);
    }
    if (conj)
        flipSigns(packed, bytes, 1, 2);
    if (!neg)
        return;
    if (isFnuz(dtype)) { // these have no negative zero: that pattern is their NaN
        for (auto& value : packed)
            if ((value & std::byte{0x7f}) != std::byte{0})
                value ^= std::byte{0x80};
    } else if (kind == DTypeKind::Float || kind == DTypeKind::Complex) {
        flipSigns(packed, bytes, 0, 1);
    } else if (bytes == 1) {
        negateIntegers<std::uint8_t>(packed);
    } else if (bytes == 2) {
        negateIntegers<std::uint16_t>(packed);
    } else if (bytes == 4) {
        negateIntegers<std::uint32_t>(packed);
    } else if (bytes == 8) {
        negateIntegers<std::uint64_t>(packed);
    }
}

} // namespace shardlens
