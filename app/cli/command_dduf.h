// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/command.h"

namespace shardlens::cli {

// The commands of the group `dduf`, in the order of the manual.
CommandPtr makeDdufCheck();
CommandPtr makeDdufLs();
CommandPtr makeDdufCat();
CommandPtr makeDdufExport();
CommandPtr makeDdufUnpack();

} // namespace shardlens::cli
