// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"
#include "query/name_tree.h"
#include "ui/style/theme.h"

#include <QString>

#include <cstdint>
#include <optional>

namespace shardlens::ui {

/// What one row of the contents tree shows; made when it is painted.
struct ContentsRow {
    enum class Kind : std::uint8_t { Branch, Alike, Bucket, Tensor, Entry };

    Kind kind = Kind::Branch;
    QString name;   ///< escaped
    QString beside; ///< secondary words after the name: `17 alike`, `160 of 290`
    DType dtype = DType::Unknown;
    QString type; ///< dtype's or entry's type name
    QString shape;
    std::uint64_t slices = 0;
    std::uint64_t bytes = 0; ///< of what the filter leaves
    double share = 0;        ///< of the whole checkpoint
    std::optional<Severity> severity;
    style::Role role = style::Role::Other;
};

} // namespace shardlens::ui
