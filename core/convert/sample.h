// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shardlens::convert {

/// Slices: DCP slices in safetensors over four ranks. Sharded: shards with an index. Diffusers: a pipeline.
enum class SampleKind : std::uint8_t { Slices, Sharded, Diffusers };

std::string_view sampleName(SampleKind kind);
std::optional<SampleKind> sampleFromName(std::string_view name);

struct SampleOptions {
    SampleKind kind = SampleKind::Slices;
    std::string output;   ///< a folder, new or empty
    bool damaged = false; ///< a missing file, a file cut short, and what else the kind can suffer
};

struct SampleReport {
    std::string folder;
    std::uint32_t files = 0;
    std::uint64_t bytes = 0;
};

/// Writes a small checkpoint to play with: a few MB, the same bytes every time, weights that look like
/// weights. It stands complete or not at all.
Result<SampleReport> writeSample(const SampleOptions& options, const JobContext& context);

} // namespace shardlens::convert

namespace shardlens::rules::sample {

inline constexpr Rule TargetNotEmpty{"sample.target-not-empty", Severity::Error,
                                     "The folder \"{0}\" is not empty.", "Choose a new or an empty folder."};
inline constexpr const Rule* all[] = {&TargetNotEmpty};

} // namespace shardlens::rules::sample
