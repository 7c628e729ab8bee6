// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/pickle/pickle.h"
#include "formats/torch/leaf.h"
#include "formats/torch/tensor_recipe.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"
#include "model/columns.h"
#include "model/finding.h"
#include "model/payload.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace shardlens::torch {

/// Where a storage's bytes lie, or why they cannot be had.
struct StoragePlace {
    ByteRange bytes; ///< in the file
    bool usable = true;
    Error problem;           ///< where not usable
    std::uint32_t users = 0; ///< tensors that view it
};

/// One torch.save file, understood: the archive of today, TorchScript, or the format before 1.6. Immutable
/// after it was read.
struct TorchFile {
    enum class Kind : std::uint8_t { Archive, Script, Legacy };

    Kind kind = Kind::Archive;
    ByteSourcePtr source;
    pickle::PicklePtr pickle;
    ByteOrder order = ByteOrder::Little;
    Unfolded state;
    std::vector<Region> regions;  ///< `file` is not set yet
    std::vector<Error> anomalies; ///< of the archive
    std::vector<Fact> facts;      ///< format version, alignment, protocol
    /// Storages' records with a CRC-32; other records' stand in `regions`.
    struct Checksum {
        ByteRange bytes;
        std::uint32_t crc32 = 0;
        std::string name;
    };
    std::vector<Checksum> checksums;
    /// By the storage's key in the pickle.
    std::unordered_map<std::string_view, StoragePlace> storages;
};

/// Reads a file that is a torch.save archive or a legacy file. Fails where nothing of it can be described.
Result<TorchFile> readTorchFile(ByteSourcePtr source, const JobContext& context);

/// True for the first bytes of a legacy file: a pickle of torch's magic number, protocol 2.
bool isLegacyHead(std::span<const std::byte> head);

} // namespace shardlens::torch
