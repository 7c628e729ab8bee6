// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace shardlens {

enum class Severity : std::uint8_t { Error, Warning, Info };

/// `error`, `warning` or `info`, as the command line prints it.
std::string_view severityName(Severity severity);

/// One thing that can be wrong. A rule is a constant that lives beside the code that reports it; its `id` is
/// stable (`room.what-is-wrong`), its texts are English templates whose placeholders `{0}` … `{9}` stand for
/// the arguments of an Error. The window translates the same templates.
struct Rule {
    std::string_view id;
    Severity severity = Severity::Error;
    std::string_view sentence; ///< what happened, with placeholders
    std::string_view advice;   ///< what a user can do about it; may use the same placeholders
};

} // namespace shardlens
