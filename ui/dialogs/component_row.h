// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <string>

namespace shardlens::ui {

/// A component of a pipeline, or a file at its root, as a row that can be chosen.
struct ComponentRow {
    std::string name;     ///< as options take it
    QString className;    ///< empty for files at the root
    QStringList sets;     ///< names of its weight sets, as options take them; the obvious one first
    QStringList setTexts; ///< `plain, 2 files`, one a set
    int chosen = -1;      ///< of `sets`; -1: none
    QString holds;        ///< `776 tensors`, `4 files`
    std::uint64_t bytes = 0;
    bool included = true;
    bool optional = true; ///< may be left out
};

} // namespace shardlens::ui
