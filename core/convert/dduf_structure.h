// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/dduf_draft.h"
#include "jobs/job_context.h"

namespace shardlens::convert {

/// Reads what every entry is: headers of weights (their tensors are noted), JSON, pointers in place of files.
/// What readers would refuse becomes a note.
Result<void> checkContents(Draft& draft, const JobContext& context);

/// The rules of DDUF for the whole: names, the index, folders and what they must hold. A component of the
/// index of which nothing is there stands against the export of a folder, and is a warning for a list.
Result<void> checkStructure(Draft& draft, bool ofFolder, const JobContext& context);

} // namespace shardlens::convert
