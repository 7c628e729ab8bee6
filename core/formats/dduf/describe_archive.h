// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/dduf/archive.h"
#include "formats/survey.h"
#include "jobs/job_context.h"
#include "model/checkpoint_builder.h"

namespace shardlens::dduf {

/// Adds an archive to a checkpoint: the file with its records, headers, padding and directory as regions, the
/// entries that are documents, findings, and, where the archive is sound, the tensors of its components. Of one
/// that is refused programs would see different contents, so that its tensors are not described; its entries
/// are.
Result<void> describeArchive(CheckpointBuilder& builder, const Archive& archive, const Choice& choice,
                             const JobContext& context);

} // namespace shardlens::dduf
