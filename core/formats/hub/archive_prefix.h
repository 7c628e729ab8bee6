// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"

#include <vector>

namespace shardlens::hub {

/// The torch.save archives (ZIP) that PyTorch's HuggingFaceStorageWriter puts before the safetensors part of
/// a file, one for each value that is no tensor, each whole and directly behind the one before. Empty where
/// the file does not begin with one. Fails where what follows an archive is neither another nor a safetensors
/// header, or where no archive ends within Limits::archivePrefix.
Result<std::vector<ByteRange>> findArchivePrefix(const ByteSource& source, const JobContext& context);

} // namespace shardlens::hub
