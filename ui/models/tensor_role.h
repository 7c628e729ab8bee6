// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/style/theme.h"

#include <QString>

#include <string_view>

namespace shardlens::ui {

/// The role that a tensor's name tells, by the names that the usual model families use. A guess for colours,
/// never a claim: what no name tells is Other.
style::Role roleOf(std::string_view tensorName);

/// For legends: `q`, `gate`, `other`.
QString roleTitle(style::Role role);

} // namespace shardlens::ui
