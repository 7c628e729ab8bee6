// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>

namespace shardlens {

/// Arithmetic on numbers that a file claims. Nothing where the result does not fit.
template <std::integral T>
constexpr std::optional<T> checkedAdd(T a, T b) {
    T out{};
    if (__builtin_add_overflow(a, b, &out))
        return std::nullopt;
    return out;
}

template <std::integral T>
constexpr std::optional<T> checkedMul(T a, T b) {
    T out{};
    if (__builtin_mul_overflow(a, b, &out))
        return std::nullopt;
    return out;
}

/// The product of dims: 1 for none, 0 where any is 0 (even where the others would overflow).
constexpr std::optional<std::uint64_t> checkedProduct(std::span<const std::uint64_t> dims) {
    for (const auto dim : dims)
        if (dim == 0)
            return 0;
    std::uint64_t product = 1;
    for (const auto dim : dims)
        if (__builtin_mul_overflow(product, dim, &product))
            return std::nullopt;
    return product;
}

/// True where [offset, offset + length) lies in a thing of `size`; cannot wrap.
constexpr bool rangeFits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
    return offset <= size && length <= size - offset;
}

/// The next multiple of `alignment` (a power of two) at or after `value`.
constexpr std::optional<std::uint64_t> checkedAlignUp(std::uint64_t value, std::uint64_t alignment) {
    const auto sum = checkedAdd(value, alignment - 1);
    if (!sum)
        return std::nullopt;
    return *sum & ~(alignment - 1);
}

} // namespace shardlens
