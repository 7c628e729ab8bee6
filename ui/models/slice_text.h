// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/box.h"

#include <QString>

#include <cstdint>
#include <optional>

namespace shardlens::ui {

/// The first index of a slice as it is typed: `[3, 4301:4317, 1680:]`, one number or range a dim, brackets as
/// one likes; a range that begins with nothing begins at 0, a number below zero counts from the end. Cut to
/// the shape. Nothing where the text cannot be read or has another number of dims.
std::optional<Dims> sliceBegin(const QString& text, DimsView shape);

/// `[3, 4301:4317, 1680:1692]`: the last two dims as ranges, the others as numbers.
QString sliceText(DimsView begin, std::uint64_t rows, std::uint64_t columns);

} // namespace shardlens::ui
