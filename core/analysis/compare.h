// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens {

/// How two tensors of one name (B's; A's may be renamed to it) differ.
struct Difference {
    enum class Reason : std::uint8_t { DType, Shape, Values, Unreadable };

    TensorId a, b;
    Reason reason = Reason::Values;
    std::shared_ptr<const Error> problem; ///< Unreadable, or values that could not be compared: why
    bool valuesCompared = false; ///< the figures below are known; with another dtype values are compared too
    std::uint64_t count = 0; ///< elements that differ by more than the tolerance; a NaN beside a number does
    double maxAbs = 0;       ///< the largest |a - b|
    double maxRel = 0;       ///< the largest |a - b| / max(|a|, |b|)
    std::uint64_t first = 0, last = 0; ///< row-major places of the first and last difference
    bool allZeroA = false, allZeroB = false;
    /// Where they lie along the first dim, in equal parts (at most 64): the share of each part's elements that
    /// differs, 255 for all, at least 1 where any does. Empty where no value differs.
    std::vector<std::uint8_t> strip;
};

struct CompareOptions {
    std::function<std::string(std::string_view)> renameA;     ///< A's names as B has them; may be empty
    std::function<bool(const Checkpoint&, TensorId)> selects; ///< what takes part; may be empty
    double tolerance = 0; ///< of |a - b|; 0: any difference of bits but −0 and 0, and NaN and NaN
    bool values = true;   ///< false: names, dtypes and shapes alone; no data is read
    bool offerRenames = true;
};

struct Comparison {
    std::vector<std::pair<TensorId, TensorId>> same;
    std::uint64_t identical = 0; ///< of same: dtype and bytes are equal
    std::vector<TensorId> onlyA, onlyB;
    std::vector<Difference> different; ///< in A's order
    /// Tensors only here and only there with equal bytes: another name, likely.
    std::vector<std::pair<TensorId, TensorId>> renamed;
};

/// Compares by name. Tensors of different dtypes with equal shapes are compared by value and count as
/// different for their dtype. Reads both sides once, in parallel; progress in bytes of A. Fails where two of
/// A's names become one, and when stopped. Memory: a pair of blocks a thread, and what is returned.
Result<Comparison> compare(const CheckpointPtr& a, const CheckpointPtr& b, const CompareOptions& options,
                           const JobContext& context);

} // namespace shardlens
