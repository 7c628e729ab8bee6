// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"
#include "model/dtype.h"
#include "ui/style/theme.h"

#include <QMetaType>
#include <QString>

#include <cstdint>
#include <optional>

namespace shardlens::ui {

/// How a table's cell looks beyond its text; models hand it out under CellRole and one delegate paints it.
struct Cell {
    enum class Style : std::uint8_t { Name, Plain, Secondary, Number, Chip, Fixed };

    Style style = Style::Plain;
    QString text;
    DType dtype = DType::Unknown;               ///< of a chip
    std::optional<Severity> severity;           ///< a glyph before the text
    std::optional<shardlens::style::Role> role; ///< a swatch before the text
    std::optional<double> ordered;              ///< a swatch of the ordered ramp
    double share = -1;                          ///< a bar instead of text where it is not negative
};

inline constexpr int CellRole = Qt::UserRole + 1;

} // namespace shardlens::ui

Q_DECLARE_METATYPE(shardlens::ui::Cell)
