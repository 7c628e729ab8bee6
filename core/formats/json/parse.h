// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "base/result.h"
#include "jobs/job_context.h"
#include "model/value.h"

#include <string_view>
#include <vector>

namespace shardlens::json {

/// A document as values. Of keys that stand twice in one object only the last one's value is kept, at the
/// place of the first, as other parsers do; each such key is a note (`json.duplicate-key`, with its byte).
struct Document {
    Value value;
    std::vector<Error> notes;
};

/// Integers beyond 64 bits become BigInt, everything else what it says. Fails as `visit` does, and with
/// `json.too-large` above the limit for documents. `name` is for messages.
Result<Document> parse(std::string_view text, std::string_view name, const JobContext& context);

} // namespace shardlens::json
