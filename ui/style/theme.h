// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"
#include "model/dtype.h"

#include <QColor>
#include <QPalette>

#include <cstddef>
#include <cstdint>

namespace shardlens::style {

/// What a tensor does in a network, as far as its name tells: the default colouring of maps.
enum class Role : std::uint8_t { Query, Key, Value, Output, Gate, Up, Down, Embedding, Head, Other };
inline constexpr std::size_t RoleCount = 10;

/// The colours of one moment: what the desktop's palette gives, and our own scales for light or dark. A cheap
/// value: make one where something is painted, so that palette changes are followed without a cache.
class Theme {
public:
    explicit Theme(const QPalette& palette);

    bool dark = false;
    QColor window, base, text, secondary, line, selection, selectionText, accent;
    QColor track; ///< behind bars

    /// Ranks and files: rising lightness, no red or yellow; t from 0 to 1.
    QColor ordered(double t) const;
    QColor ordered(std::size_t index, std::size_t count) const;
    QColor role(Role role) const;
    QColor dtype(DType dtype) const;
    QColor dtypeFill(DType dtype) const; ///< what a chip is filled with
    QColor severity(Severity severity) const;
    QColor good() const;
    QColor overlap() const; ///< stripes of what two slices claim
    QColor overlapEdge() const;
    QColor notNamed() const;           ///< grey for files that nothing names
    QColor signedHeat(double t) const; ///< −1 … 1, 0 is the background
    QColor amount(double t) const;     ///< 0 … 1; the caller takes the root
    QColor notANumber() const;
    /// What the filter excludes: 86 % toward grey.
    QColor filteredOut(const QColor& color) const;
};

/// `share` of `b` in `a`; 0 is a.
QColor mix(const QColor& a, const QColor& b, double share);
/// WCAG contrast, 1 … 21.
double contrast(const QColor& a, const QColor& b);
/// Near-black or white, whichever contrasts more.
QColor textOn(const QColor& fill);

} // namespace shardlens::style
