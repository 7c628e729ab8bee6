// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

namespace shardlens::diffusers {

/// Folders with a model_index.json: one checkpoint of components, named `component/fqn`.
const FormatReader& reader();

} // namespace shardlens::diffusers
