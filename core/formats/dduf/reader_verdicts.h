// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"
#include "model/columns.h"

#include <vector>

namespace shardlens::dduf {

/// Would the two public readers open the archive: huggingface_hub's read_dduf_file (on CPython's zipfile) and
/// huggingface.js' checkDDUF. Each is followed step by step on the bytes, for neither asks what the other or
/// this program asks; the reason is what the reader itself would report. Fails only where the file cannot be
/// read or the job must end.
Result<std::vector<Verdict>> judgeReaders(const ByteSource& source, const JobContext& context);

/// One of them.
Result<Verdict> judgeHub(const ByteSource& source, const JobContext& context);
Result<Verdict> judgeJs(const ByteSource& source, const JobContext& context);

inline constexpr const char* HubName = "huggingface_hub";
inline constexpr const char* JsName = "huggingface.js";

} // namespace shardlens::dduf
