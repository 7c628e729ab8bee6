// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace shardlens {

/// Element types. The names are safetensors' (safetensors crate, `Dtype`), with C32, C128, QI8, QU8 and QI32
/// for what PyTorch has and safetensors lacks. Unknown is a type that a file names and nobody here knows.
enum class DType : std::uint8_t {
    Unknown,
    Bool,
    U8,
    I8,
    U16,
    I16,
    F16,
    BF16,
    U32,
    I32,
    F32,
    U64,
    I64,
    F64,
    C64,
    F8E4M3,
    F8E5M2,
    F8E8M0,
    F8E4M3Fnuz,
    F8E5M2Fnuz,
    F6E2M3,
    F6E3M2,
    F4,
    C32,
    C128,
    QI8,
    QU8,
    QI32,
};

enum class DTypeKind : std::uint8_t { Unknown, Bool, Unsigned, Signed, Float, Complex, Quantized };

struct DTypeInfo {
    DType dtype;
    std::string_view name;
    std::uint16_t bits; ///< of one element; 0 for Unknown
    DTypeKind kind;
    bool inSafetensors; ///< the safetensors format can hold it
    bool ordinaryFloat; ///< F16, BF16, F32, F64: what a cast may change
};

const DTypeInfo& info(DType dtype);
inline std::string_view name(DType dtype) {
    return info(dtype).name;
}
inline std::uint16_t bitsOf(DType dtype) {
    return info(dtype).bits;
}

/// Exact, case-sensitive: what a safetensors header says.
std::optional<DType> dtypeFromName(std::string_view name);
/// What people type: any case, with aliases (`float32`, `fp16`, `half`, `bfloat16`, `int8`, `bool`,
/// `f8_e4m3fn`, …).
std::optional<DType> dtypeFromUser(std::string_view text);
/// Every known dtype, in the order of the enumeration, without Unknown.
std::span<const DTypeInfo> allDTypes();

/// Bytes that `elements` values take when packed; nothing where that overflows or, for sub-byte types, where
/// the bits are no whole number of bytes.
std::optional<std::uint64_t> packedBytes(DType dtype, std::uint64_t elements);

} // namespace shardlens
