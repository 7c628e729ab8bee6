// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/filter.h"

#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// A term cut into its pieces, before anybody knows what they mean. Positions are bytes in the whole text.
struct RawTerm {
    FilterTerm span;
    std::string_view key;        ///< as typed; empty for a bare word
    std::string_view comparison; ///< `:`, `=`, `>`, `>=`, `<`, `<=`; empty for a bare word
    struct Item {
        std::size_t offset = 0; ///< where the value begins
        std::string text;       ///< without quotes and escapes
        bool quoted = false;
        bool closed = true;    ///< false where its quote is never closed
        std::size_t after = 0; ///< offset of text right after the closing quote, 0 for none
    };
    std::vector<Item> items; ///< split at commas outside quotes and brackets; one for a bare word
};

/// Never fails; what is wrong is in the pieces.
std::vector<RawTerm> splitRaw(std::string_view text);

} // namespace shardlens
