// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/pickle/pickle.h"
#include "model/box.h"
#include "model/columns.h"
#include "model/dtype.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::torch {

/// The storage that a persistent id names.
struct StorageRef {
    std::string_view key;         ///< of the record data/KEY; lives in the pickle
    std::string_view location;    ///< `cpu`, `cuda:0`
    std::uint64_t count = 0;      ///< elements of its own dtype, or bytes where untyped
    DType dtype = DType::Unknown; ///< Unknown where untyped
    bool untyped = false;
    std::uint64_t viewOffset = 0; ///< legacy views: elements into the root storage

    std::optional<std::uint64_t> bytes() const;
};

/// What torch's `_rebuild_…` functions would make, as plain facts. Shape, strides and start are in the terms
/// of the dtype's elements: a `float4_e2m1fn_x2` counts values, two a byte.
struct TensorRecipe {
    DType dtype = DType::Unknown;
    Dims shape;
    Strides strides;         ///< empty where row-major and packed
    std::uint64_t start = 0; ///< the first element in the storage
    StorageRef storage;
    bool conj = false, neg = false;
    std::vector<Fact> facts; ///< requires_grad, layout, device, class, quantizer
    /// Not empty: it has no plain elements. `F32 [2, 3] sparse COO` and why; dtype and shape may be unknown.
    std::string description;
    std::string reason;

    bool plain() const { return reason.empty(); }
    /// One past the last storage element that it touches; nothing where that overflows. 0 for no elements.
    std::optional<std::uint64_t> extent() const;
};

/// The storage that a persistent id names; nothing where it is none that torch writes.
std::optional<StorageRef> readStorage(const pickle::Pickle& pickle, pickle::Node node);

/// True where the node is a call that rebuilds a tensor or parameter.
bool isTensor(const pickle::Pickle& pickle, pickle::Node node);

/// Reads the call's arguments. Fails with `torch.bad-tensor` where they make no sense.
Result<TensorRecipe> readTensor(const pickle::Pickle& pickle, pickle::Node node);

/// For values that hold tensors: `F32 [2, 3]`; nothing where the node is none.
std::optional<std::string> describeTensor(const pickle::Pickle& pickle, pickle::Node node);

/// `torch.bfloat16` and its like.
std::optional<DType> dtypeFromTorch(std::string_view name);
/// `FloatStorage` and its like; Unknown for UntypedStorage.
std::optional<DType> dtypeFromStorage(std::string_view className);

} // namespace shardlens::torch
