// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// Sha256: as everywhere. Xxh3: XXH3 with 64 bits, its big-endian form, as `xxhsum -H3` prints it.
enum class HashAlgorithm : std::uint8_t { Sha256, Xxh3 };

std::string_view hashName(HashAlgorithm algorithm);
std::optional<HashAlgorithm> hashFromName(std::string_view name);

/// The digest of one tensor's elements: row-major, little-endian, packed, slices assembled.
struct TensorDigest {
    TensorId tensor;
    std::string hex;              ///< lower case; empty where it could not be read
    std::optional<Error> problem; ///< why not
};

/// Digests in the order of `tensors`, several tensors at a time. Progress in bytes. Fails only when stopped.
Result<std::vector<TensorDigest>> hashTensors(const CheckpointPtr& checkpoint,
                                              std::span<const TensorId> tensors, HashAlgorithm algorithm,
                                              const JobContext& context);

/// One tensor's digest.
Result<std::string> hashTensor(const CheckpointPtr& checkpoint, TensorId tensor, HashAlgorithm algorithm,
                               const JobContext& context);

} // namespace shardlens
