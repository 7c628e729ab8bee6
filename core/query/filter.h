// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// One term of a filter text, for colouring and for naming it in messages. Bytes in the text.
struct FilterTerm {
    std::size_t begin = 0, end = 0;
    std::size_t keyEnd = 0; ///< where `dtype:` ends; begin where the term is a bare word
    bool negated = false;
};

/// The filter language of the window and the command line. Terms are joined by "and", values of one key by
/// commas ("or"). Bare words match names: substrings, ASCII case-insensitive; `*` and `?` make a glob over
/// the whole name; quotes keep spaces; `=name` is exact and case-sensitive. Keys: dtype: shape: dims rank:
/// size params file: slices (shards is a synonym) has:finding|alias|slices storage; comparisons > >= < <= = :
/// where numbers are meant. `-term` excludes. Immutable.
class Filter {
public:
    /// Fails with a `filter.…` rule whose location's offset is the byte in the text.
    static Result<Filter> parse(std::string_view text);

    bool matchesAll() const;
    const std::string& text() const;
    const std::vector<FilterTerm>& terms() const;

    /// Bits of the items that match (tensors, then entries, as in ItemIndex), computed in parallel; stops
    /// when asked to. Entries match by name, file and has:finding alone; a term that only tensors have
    /// excludes them.
    Result<std::vector<std::uint64_t>> apply(const Checkpoint& checkpoint, const JobContext& context) const;
    bool matches(const Checkpoint& checkpoint, TensorId tensor) const;

    /// The first term without which something would match, when nothing does; terms().size() where none
    /// helps.
    std::size_t termToDrop(const Checkpoint& checkpoint, const JobContext& context) const;

    struct Impl;

private:
    std::shared_ptr<const Impl> m_impl;
};

/// The terms of a text that may not parse, for colouring while typing.
std::vector<FilterTerm> splitFilter(std::string_view text);

} // namespace shardlens
