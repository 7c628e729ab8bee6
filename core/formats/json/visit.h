// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <string_view>

namespace shardlens::json {

/// Gets a document's tokens in order; `at` is the token's first byte in the text. Texts are decoded UTF-8 and
/// live as long as the call. Returning false ends the visit, which then returns normally.
class Visitor {
public:
    virtual ~Visitor() = default;
    /// Everything was in vain: forget it, the document is told again from its beginning. A fast scanner tells
    /// first; where it meets what it does not know for sure, the thorough parser begins anew.
    virtual void restart() = 0;
    virtual bool beginObject(std::uint64_t at) = 0;
    virtual bool key(std::uint64_t at, std::string_view name) = 0;
    virtual bool endObject(std::uint64_t at) = 0;
    virtual bool beginArray(std::uint64_t at) = 0;
    virtual bool endArray(std::uint64_t at) = 0;
    virtual bool string(std::uint64_t at, std::string_view text) = 0;
    /// `text` is the number as written: an integer of any size, or, where `integer` is false, a finite float.
    virtual bool number(std::uint64_t at, std::string_view text, bool integer) = 0;
    virtual bool boolean(std::uint64_t at, bool value) = 0;
    virtual bool null(std::uint64_t at) = 0;
};

/// Tells `text` to the visitor. Fails with a rule of formats/json/rules.h and the byte where it is not UTF-8,
/// no JSON or nested too deeply, and with job.cancelled. `name` is for messages, `base` is added to the
/// offsets of failures (not to `at`). Duplicate keys are told as they come.
Result<void> visit(std::string_view text, std::string_view name, Visitor& visitor, const JobContext& context,
                   std::uint64_t base = 0);

} // namespace shardlens::json
