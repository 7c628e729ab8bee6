// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/statistics.h"
#include "model/finding.h"

#include <cstdint>
#include <functional>
#include <span>

namespace shardlens {

/// What the figures of one tensor alone say, the worst first.
enum class ValueHealth : std::uint8_t { HasNan, HasInfinity, AllZero, Sound };

ValueHealth valueHealth(const Figures& figures);

/// The figures of many tensors, handed to `sink` as they arrive (called from workers, by several at once), and
/// in the end what they say together, in the order of `tensors`: data that cannot be read though the checkpoint
/// promises it, NaN, infinite values, tensors of zeros alone, and tensors of one dtype and shape with the same
/// bytes that share no storage. Everything is read once; only tensors whose exact figures agree are read again,
/// to compare their digests. Keeps 32 bytes a tensor. Progress in bytes. Fails only when stopped.
Result<Findings> modelStatistics(const CheckpointPtr& checkpoint, std::span<const TensorId> tensors,
                                 const StatisticsOptions& options, const JobContext& context,
                                 const StatisticsSink& sink);

} // namespace shardlens
