// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/dduf_draft.h"
#include "convert/dduf_export.h"
#include "formats/diffusers/pipeline.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"

namespace shardlens::convert {

/// Takes of a pipeline what an archive holds: model_index.json, each component's side files and one set of its
/// weights under plain names. Everything else is listed as left out.
Result<Draft> draftFolder(const ExportOptions& options, const JobContext& context);

/// Exactly the entries that the options list.
Result<Draft> draftList(const ExportOptions& options, const JobContext& context);

} // namespace shardlens::convert
