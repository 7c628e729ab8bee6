// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string_view>

namespace shardlens::dduf {

inline constexpr std::string_view IndexName = "model_index.json";

/// Whether an entry of this name may be in an archive: a path that stays inside, at most one folder deep, with
/// an ending that DDUF allows. Fails with a rule of formats/dduf/rules.h; the item is the name.
Result<void> checkEntryName(std::string_view name);

/// `.json .safetensors .model .txt`.
bool isAllowedEnding(std::string_view name);

/// The folder of an entry, empty at the root.
std::string_view folderOf(std::string_view name);

/// One of the four files of which a folder must hold one.
bool isFolderConfig(std::string_view fileName);

} // namespace shardlens::dduf
