// SPDX-License-Identifier: Apache-2.0
#include "model/dtype.h"

#include "base/checked.h"

#include <array>
#include <cstddef>
#include <string>

namespace shardlens {

namespace {

constexpr std::size_t Count = static_cast<std::size_t>(DType::QI32) + 1;
using Kind = DTypeKind;

constexpr std::array<DTypeInfo, Count> table{{
    {DType::Unknown, "unknown", 0, Kind::Unknown, false, false},
    {DType::Bool, "BOOL", 8, Kind::Bool, true, false},
    {DType::U8, "U8", 8, Kind::Unsigned, true, false},
    {DType::I8, "I8", 8, Kind::Signed, true, false},
    {DType::U16, "U16", 16, Kind::Unsigned, true, false},
    {DType::I16, "I16", 16, Kind::Signed, true, false},
    {DType::F16, "F16", 16, Kind::Float, true, true},
    {DType::BF16, "BF16", 16, Kind::Float, true, true},
    {DType::U32, "U32", 32, Kind::Unsigned, true, false},
    {DType::I32, "I32", 32, Kind::Signed, true, false},
    {DType::F32, "F32", 32, Kind::Float, true, true},
    {DType::U64, "U64", 64, Kind::Unsigned, true, false},
    {DType::I64, "I64", 64, Kind::Signed, true, false},
    {DType::F64, "F64", 64, Kind::Float, true, true},
    {DType::C64, "C64", 64, Kind::Complex, true, false},
    {DType::F8E4M3, "F8_E4M3", 8, Kind::Float, true, false},
    {DType::F8E5M2, "F8_E5M2", 8, Kind::Float, true, false},
    {DType::F8E8M0, "F8_E8M0", 8, Kind::Float, true, false},
    {DType::F8E4M3Fnuz, "F8_E4M3FNUZ", 8, Kind::Float, true, false},
    {DType::F8E5M2Fnuz, "F8_E5M2FNUZ", 8, Kind::Float, true, false},
    {DType::F6E2M3, "F6_E2M3", 6, Kind::Float, true, false},
    {DType::F6E3M2, "F6_E3M2", 6, Kind::Float, true, false},
    {DType::F4, "F4", 4, Kind::Float, true, false},
    {DType::C32, "C32", 32, Kind::Complex, false, false},
    {DType::C128, "C128", 128, Kind::Complex, false, false},
    {DType::QI8, "QI8", 8, Kind::Quantized, false, false},
    {DType::QU8, "QU8", 8, Kind::Quantized, false, false},
    {DType::QI32, "QI32", 32, Kind::Quantized, false, false},
}};

constexpr bool tableFollowsEnumeration() {
    for (std::size_t i = 0; i < Count; ++i)
        if (static_cast<std::size_t>(table[i].dtype) != i)
            return false;
    return true;
}
static_assert(tableFollowsEnumeration());

struct Alias {
    std::string_view text;
    DType dtype;
};

/// What people and PyTorch call them, in lower case.
constexpr Alias aliases[] = {
    {"boolean", DType::Bool},
    {"uint8", DType::U8},
    {"byte", DType::U8},
    {"int8", DType::I8},
    {"char", DType::I8},
    {"uint16", DType::U16},
    {"int16", DType::I16},
    {"short", DType::I16},
    {"float16", DType::F16},
    {"fp16", DType::F16},
    {"half", DType::F16},
    {"bfloat16", DType::BF16},
    {"uint32", DType::U32},
    {"int32", DType::I32},
    {"int", DType::I32},
    {"float32", DType::F32},
    {"fp32", DType::F32},
    {"float", DType::F32},
    {"single", DType::F32},
    {"uint64", DType::U64},
    {"int64", DType::I64},
    {"long", DType::I64},
    {"float64", DType::F64},
    {"fp64", DType::F64},
    {"double", DType::F64},
    {"complex64", DType::C64},
    {"cfloat", DType::C64},
    {"f8_e4m3fn", DType::F8E4M3},
    {"float8_e4m3", DType::F8E4M3},
    {"float8_e4m3fn", DType::F8E4M3},
    {"fp8_e4m3", DType::F8E4M3},
    {"fp8_e4m3fn", DType::F8E4M3},
    {"float8_e5m2", DType::F8E5M2},
    {"fp8_e5m2", DType::F8E5M2},
    {"f8_e8m0fnu", DType::F8E8M0},
    {"float8_e8m0", DType::F8E8M0},
    {"float8_e8m0fnu", DType::F8E8M0},
    {"float8_e4m3fnuz", DType::F8E4M3Fnuz},
    {"float8_e5m2fnuz", DType::F8E5M2Fnuz},
    {"f6_e2m3fn", DType::F6E2M3},
    {"float6_e2m3", DType::F6E2M3},
    {"float6_e2m3fn", DType::F6E2M3},
    {"f6_e3m2fn", DType::F6E3M2},
    {"float6_e3m2", DType::F6E3M2},
    {"float6_e3m2fn", DType::F6E3M2},
    {"f4_e2m1", DType::F4},
    {"fp4", DType::F4},
    {"float4", DType::F4},
    {"float4_e2m1fn", DType::F4},
    {"float4_e2m1fn_x2", DType::F4},
    {"complex32", DType::C32},
    {"chalf", DType::C32},
    {"complex128", DType::C128},
    {"cdouble", DType::C128},
    {"qint8", DType::QI8},
    {"quint8", DType::QU8},
    {"qint32", DType::QI32},
};

std::string lowered(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        else if (c == '-')
            c = '_';
    return out;
}

} // namespace

const DTypeInfo& info(DType dtype) {
    return table[static_cast<std::size_t>(dtype)];
}

std::optional<DType> dtypeFromName(std::string_view name) {
    for (const auto& known : allDTypes())
        if (known.name == name)
            return known.dtype;
    return std::nullopt;
}

std::optional<DType> dtypeFromUser(std::string_view text) {
    auto lower = lowered(text);
    if (lower.starts_with("torch."))
        lower.erase(0, 6);
    for (const auto& known : allDTypes())
        if (lowered(known.name) == lower)
            return known.dtype;
    for (const auto& alias : aliases)
        if (alias.text == lower)
            return alias.dtype;
    return std::nullopt;
}

std::span<const DTypeInfo> allDTypes() {
    return std::span(table).subspan(1);
}

std::optional<std::uint64_t> packedBytes(DType dtype, std::uint64_t elements) {
    const std::uint64_t bits = bitsOf(dtype);
    const auto restBits = elements % 8 * bits;
    if (bits == 0 || restBits % 8 != 0)
        return std::nullopt;
    const auto whole = checkedMul(elements / 8, bits);
    return whole ? checkedAdd(*whole, restBits / 8) : std::nullopt;
}

} // namespace shardlens
