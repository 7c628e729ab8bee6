// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/shape.h"

#include <optional>

namespace shardlens::pickle {

/// numpy scalars (type `numpy.float32`, part `value`) and arrays (type `numpy.ndarray`, parts `dtype`,
/// `shape`, `order`, `values`: the first few in memory order). Nothing for what is none or has a dtype that
/// is no number.
std::optional<Shape> shapeOfNumpy(const Pickle& pickle, Node node, const GlobalUse& use);

} // namespace shardlens::pickle
