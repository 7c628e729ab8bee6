// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/tensor_recipe.h"

#include <algorithm>
#include <array>

namespace shardlens::torch {

namespace {

struct Named {
    std::string_view name;
    DType dtype;
};

// torch/csrc/utils/tensor_dtypes.cpp: the names of torch.dtype.
constexpr std::array DTypeNames{
    Named{"float64", DType::F64},
    Named{"double", DType::F64},
    Named{"float32", DType::F32},
    Named{"float", DType::F32},
    Named{"float16", DType::F16},
    Named{"half", DType::F16},
    Named{"bfloat16", DType::BF16},
    Named{"int64", DType::I64},
    Named{"long", DType::I64},
    Named{"int32", DType::I32},
    Named{"int", DType::I32},
    Named{"int16", DType::I16},
    Named{"short", DType::I16},
    Named{"int8", DType::I8},
    Named{"uint8", DType::U8},
    Named{"uint16", DType::U16},
    Named{"uint32", DType::U32},
    Named{"uint64", DType::U64},
    Named{"bool", DType::Bool},
    Named{"complex32", DType::C32},
    Named{"chalf", DType::C32},
    Named{"complex64", DType::C64},
    Named{"cfloat", DType::C64},
    Named{"complex128", DType::C128},
    Named{"cdouble", DType::C128},
    Named{"float8_e4m3fn", DType::F8E4M3},
    Named{"float8_e5m2", DType::F8E5M2},
    Named{"float8_e4m3fnuz", DType::F8E4M3Fnuz},
    Named{"float8_e5m2fnuz", DType::F8E5M2Fnuz},
    Named{"float8_e8m0fnu", DType::F8E8M0},
    Named{"float4_e2m1fn_x2", DType::F4},
    Named{"qint8", DType::QI8},
    Named{"quint8", DType::QU8},
    Named{"qint32", DType::QI32},
};

// torch/storage.py: the typed storages' classes.
constexpr std::array StorageNames{
    Named{"DoubleStorage", DType::F64},
    Named{"FloatStorage", DType::F32},
    Named{"HalfStorage", DType::F16},
    Named{"BFloat16Storage", DType::BF16},
    Named{"LongStorage", DType::I64},
    Named{"IntStorage", DType::I32},
    Named{"ShortStorage", DType::I16},
    Named{"CharStorage", DType::I8},
    Named{"ByteStorage", DType::U8},
    Named{"BoolStorage", DType::Bool},
    Named{"ComplexDoubleStorage", DType::C128},
    Named{"ComplexFloatStorage", DType::C64},
    Named{"QInt8Storage", DType::QI8},
    Named{"QUInt8Storage", DType::QU8},
    Named{"QInt32Storage", DType::QI32},
    Named{"UntypedStorage", DType::Unknown},
    Named{"_UntypedStorage", DType::Unknown},
};

template <std::size_t N>
std::optional<DType> lookUp(const std::array<Named, N>& names, std::string_view name) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const Named& named) { return named.name == name; });
    return found == names.end() ? std::nullopt : std::optional(found->dtype);
}

} // namespace

std::optional<DType> dtypeFromTorch(std::string_view name) {
    return lookUp(DTypeNames, name);
}

std::optional<DType> dtypeFromStorage(std::string_view className) {
    return lookUp(StorageNames, className);
}

} // namespace shardlens::torch
