// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace shardlens::test {

/// Two small checkpoints of one model: slices of eight ranks in `a`, one file in `b`, where a slice is lost, a
/// dtype and a name differ.
bool writeComparedModels(const QString& a, const QString& b);

} // namespace shardlens::test
