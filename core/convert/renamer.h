// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::convert {

/// --strip-prefix and --rename, in this order: every prefix that fits is cut off once, then the first
/// expression that matches anywhere in the name replaces all its matches, and later ones are not tried.
/// Groups are `$1` or
/// `\1`. Immutable, safe from many threads. Time is bounded by pattern times name: no pattern can blow up.
class Renamer {
public:
    using Rules = std::vector<std::pair<std::string, std::string>>;

    /// Fails with `convert.bad-option` where an expression cannot be used; `option` is named in the message.
    static Result<Renamer> create(std::vector<std::string> prefixes, const Rules& renames,
                                  std::string option);

    bool changesNothing() const;
    Result<std::string> rename(std::string_view name) const;

private:
    struct Rule;
    std::vector<std::string> m_prefixes;
    std::vector<std::shared_ptr<const Rule>> m_rules;
    std::string m_option;
};

/// `REGEX=REPLACEMENT` as --rename takes it: `=` within the expression is escaped.
std::string renameOption(const std::pair<std::string, std::string>& rename);

} // namespace shardlens::convert
