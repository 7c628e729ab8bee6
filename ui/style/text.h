// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "base/rule.h"
#include "model/box.h"

#include <QFontMetricsF>
#include <QString>

#include <cstdint>
#include <string_view>

namespace shardlens::style {

/// Characters of a name that lists show before they cut its middle; nobody reads more, and layouts stay fast.
inline constexpr std::size_t ShownNameBytes = 512;

/// Text from a file as plain text that is safe to show: control, bidi and broken characters are escaped, long
/// texts cut in the middle. Set it where rich text is off (setTextFormat(Qt::PlainText)) or use toolTip().
QString plain(std::string_view text, std::size_t maxBytes = ShownNameBytes);
/// A tooltip that Qt takes as plain text whatever it says.
QString toolTip(const QString& plainText);

QString bytesText(std::uint64_t bytes);                    ///< `1.87 GiB`
QString exactBytes(std::uint64_t bytes);                   ///< `2,007,826,432 bytes`
QString bytesTip(std::uint64_t bytes);                     ///< both
QString countText(std::uint64_t count);                    ///< `8.03 B`, `1,234`
QString grouped(std::uint64_t number);                     ///< `58,720,256`
QString parametersText(std::uint64_t count);               ///< `58.7 M parameters`
QString shapeText(DimsView dims);                          ///< `[14336 × 4096]`, many dims elided
QString indexText(DimsView index);                         ///< `[0, 3072, 4096]`, many dims elided
QString rangeText(std::uint64_t begin, std::uint64_t end); ///< `0 … 1791` of [begin, end)
QString percentText(double share);                         ///< `5.56 %` of 0.0556
QString numberText(double value, int digits = 4);          ///< true minus, `1.19e−05`, `NaN`, `−∞`

/// A rule's sentence and advice, translated and filled; plain text.
QString message(const Error& error);
QString advice(const Error& error);
QString place(const Location& where);
QString severityText(Severity severity); ///< `error`, `warning`, `note`

/// Cuts the middle; numbers are never given to this.
QString elideMiddle(const QString& text, const QFontMetricsF& metrics, double width);

} // namespace shardlens::style
