// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/box.h"

#include <string>

namespace shardlens {

/// A box by its ranges, as Python's slices say it: `[0:4, 8:16]`, `[]` for none; from the ninth dim on elided
/// in the middle. A range that ends beyond 64 bits ends with `…`.
std::string formatBox(DimsView offset, DimsView size);

} // namespace shardlens
