// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/settings/settings.h"

#include <QPalette>

namespace shardlens::ui {

/// Light or dark as our own palettes, for Fusion.
QPalette fixedPalette(bool dark);

/// Makes the application look as chosen: the desktop's style and palette, or Fusion with a palette of ours.
/// The first call remembers what the desktop gave.
void applyAppearance(Settings::Appearance appearance);

} // namespace shardlens::ui
