// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace shardlens {

/// A number of bytes as an argument of a rule: shown as `14.0 MiB` where the place allows it.
struct Bytes {
    std::uint64_t count = 0;
};

/// An argument of a rule: text from a file (raw; escaped when shown), a number, or an amount of bytes.
using Arg = std::variant<std::string, std::uint64_t, std::int64_t, Bytes>;
using Args = std::vector<Arg>;

/// Where something is wrong. Texts are raw, as the file has them; whoever shows them escapes them.
struct Location {
    std::string file;                    ///< relative to the checkpoint's folder where there is one
    std::optional<std::uint64_t> offset; ///< bytes from the file's beginning
    std::string item;                    ///< tensor, key, entry or record
};

/// A failure as a value: a rule and its arguments, no prose. `rule` is never null and has static lifetime.
struct Error {
    const Rule* rule = nullptr;
    Args args;
    Location where;
};

/// Fills `{0}` … `{9}` of a template. Arguments are escaped (base/escape.h) and cut to a sane length, so that
/// the result is safe to show anywhere as plain text.
std::string fillTemplate(std::string_view text, const Args& args);

/// The rule's sentence and advice with the error's arguments, without the place.
std::string message(const Error& error);
std::string advice(const Error& error);

/// `file`, offset and item in one phrase, empty where nothing is known: `model.safetensors, byte 812, tensor a`.
std::string place(const Location& where);

/// What a terminal shows: sentence, place, advice.
std::string describe(const Error& error);

} // namespace shardlens
