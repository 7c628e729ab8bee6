// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/name_tree.h"

#include <QString>

#include <string_view>

namespace shardlens::ui {

/// The parts of a branch's name from depth `from` (1 is the first) to its own, joined, escaped and not longer
/// than people read. Costs the name, however many siblings there are.
QString branchTitle(const NameTree& names, const Branch& branch, std::uint32_t from = 1,
                    QChar separator = QLatin1Char('.'));

/// A filter that leaves what is below a branch, or the leaf, as one types it. Characters that have a meaning
/// there stand for any one character.
QString branchFilter(const NameTree& names, const Branch& branch);
/// A text from a file in the filter language's quotes: it means exactly itself.
QString quotedForFilter(std::string_view text);

} // namespace shardlens::ui
