// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "model/value.h"

#include <string>

namespace shardlens {

struct ValueJsonOptions {
    int indent = 2; ///< negative: one line
    const Limits* limits = &defaultLimits();
};

/// The value as JSON. Non-finite numbers are the strings "NaN", "Infinity", "-Infinity"; tuples, sets and
/// sizes are arrays; bytes, objects and tensors are objects `{"type": …, "repr": …}`; keys that are no
/// strings become text. A node inside itself is `{"cycle": true}`. Beyond the limits the rest is
/// `{"truncated": true}`.
std::string toJson(const Value& value, const ValueJsonOptions& options = {});

/// True where JSON can say it exactly: what `--values` writes. Tuples count as arrays; sets, bytes, numbers
/// that are not finite, keys that are no strings and cycles have no form of their own there.
bool isPlain(const Value& value);

/// One line for lists and tables, at most `maxBytes`, in Python's notation.
std::string toLine(const Value& value, std::size_t maxBytes = 120);

} // namespace shardlens
