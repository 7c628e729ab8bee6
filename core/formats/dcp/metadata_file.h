// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/pickle/pickle.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::dcp {

/// One `.metadata` or `__N.metadata`, parsed: the parts of the pickled Metadata object, found by their field
/// names whatever module its class came from.
struct MetadataFile {
    std::string name;                  ///< `.metadata`, `__1.metadata`
    std::optional<std::uint32_t> rank; ///< of `__N.metadata`
    pickle::PicklePtr pickle;
    std::uint64_t bytes = 0;
    pickle::Node stateDict;   ///< Dict {fqn: TensorStorageMetadata or BytesStorageMetadata}
    pickle::Node planner;     ///< Dict {fqn: path}, or None
    pickle::Node storage;     ///< Dict {MetadataIndex: _StorageInfo}, or None
    pickle::Node storageMeta; ///< StorageMeta, or None
    pickle::Node version;     ///< String since 2.9, or None
    pickle::Node mcoreData;   ///< Megatron-Core's dict, or None
};

/// Reads and parses the file with progress. Fails with a `pickle.…` rule, `dcp.not-metadata` or `dcp.paddle`.
Result<MetadataFile> readMetadata(const FileTree& folder, const std::string& name, const JobContext& context);

/// The rank in `__3.metadata`; nothing for other names.
std::optional<std::uint32_t> metadataRank(std::string_view name);

/// The rank in `__3_0.distcp`, also behind a prefix (Megatron-Core's separation hint).
std::optional<std::uint32_t> dataFileRank(std::string_view path);

} // namespace shardlens::dcp
