// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "formats/diffusers/pipeline.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"
#include "model/checkpoint_builder.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace shardlens::diffusers {

/// An archive that holds a pipeline's files.
struct ArchiveFiles {
    FileId file;      ///< of the archive in the checkpoint
    std::string path; ///< the archive's, for findings
    /// Where a file of the pipeline (`unet/config.json`) lies in the archive.
    std::function<std::optional<ByteRange>(std::string_view path)> find;
};

/// Adds the set of a component that is meant when `variant` is asked for: its tensors as `component/fqn`, cut
/// behind the component and at dots, its files, regions and findings; and a finding where no set is meant or
/// the choice is doubtful. `archive` is null for folders. Fails only where the job must end or limits are
/// crossed.
Result<void> addComponent(CheckpointBuilder& builder, const FileTree& tree, const Component& component,
                          std::string_view variant, const ArchiveFiles* archive, const JobContext& context);

/// Decodes documents and values of pipelines by their records alone, in folders and archives.
std::shared_ptr<const CheckpointBackend> makeBackend();

/// What an index says about the pipeline as facts for people, and as metadata.
void setPipelineFacts(CheckpointBuilder& builder, const Pipeline& pipeline);

} // namespace shardlens::diffusers
