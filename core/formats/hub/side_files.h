// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/hub/weight_sets.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"
#include "model/checkpoint_builder.h"

#include <optional>
#include <string>
#include <string_view>

namespace shardlens::hub {

/// How a file beside weights is shown; nothing for names that are no side files (weights, pickles, images).
std::optional<EntryRecord::Kind> sideFileKind(std::string_view name);

/// Adds a folder's side files as entries, named by their path in the folder: `config.json`, tokenizers, chat
/// templates, the files of `.hf_metadata/`, and the set's index. The index and NeMo AutoModel's
/// `fqn_to_…_mapping.json` belong to the checkpoint's own layout, so they are no `sideFile` to copy along.
/// Opens nothing but those files; the biggest (Limits::document) and, above Limits::sideFiles, the last are
/// left out.
Result<void> addSideFiles(CheckpointBuilder& builder, const FileTree& folder, const WeightSet& set,
                          const JobContext& context);

/// Compares `.hf_metadata/fqn_to_file_index_mapping.json`, where there is one, with the builder's tensors.
Result<void> checkMapping(CheckpointBuilder& builder, const FileTree& folder, const JobContext& context);

} // namespace shardlens::hub
