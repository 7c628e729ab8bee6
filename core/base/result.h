// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

#include <tl/expected.hpp>

#include <utility>

namespace shardlens {

/// A value or the Error that prevented it. Exceptions cross no room's border.
template <typename T>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

/// `return fail(rules::HeaderTooLarge, {Bytes{n}}, {.file = name, .offset = 0});`
inline Failure fail(const Rule& rule, Args args = {}, Location where = {}) {
    return Failure(Error{&rule, std::move(args), std::move(where)});
}

} // namespace shardlens

/// Returns the error of a Result<void> to the caller.
#define SHARDLENS_CHECK(expression)                                                                          \
    do {                                                                                                     \
        if (auto shardlensResult = (expression); !shardlensResult) [[unlikely]]                              \
            return ::shardlens::Failure(std::move(shardlensResult).error());                                 \
    } while (false)

#define SHARDLENS_CONCAT_(a, b) a##b
#define SHARDLENS_CONCAT(a, b) SHARDLENS_CONCAT_(a, b)

/// Declares or assigns from a Result's value, or returns its error: `SHARDLENS_TRY(auto file, openFile(path));`
#define SHARDLENS_TRY(target, expression)                                                                    \
    auto SHARDLENS_CONCAT(shardlensResult, __LINE__) = (expression);                                         \
    if (!SHARDLENS_CONCAT(shardlensResult, __LINE__)) [[unlikely]]                                           \
        return ::shardlens::Failure(std::move(SHARDLENS_CONCAT(shardlensResult, __LINE__)).error());         \
    target = std::move(*SHARDLENS_CONCAT(shardlensResult, __LINE__))
