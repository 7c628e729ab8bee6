// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <vector>

namespace shardlens::ui {

/// Round values for marks on an axis, at most about `count`.
std::vector<double> roundMarks(double low, double high, int count);
/// A round value without the zeros that say nothing.
QString markText(double value);

} // namespace shardlens::ui
