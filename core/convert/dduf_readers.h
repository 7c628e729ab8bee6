// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/dduf_export.h"
#include "model/columns.h"

#include <vector>

namespace shardlens::convert {

/// Whether the two public readers of DDUF would open the archive of a plan that is not blocked, told before a byte
/// of it is written. Such an archive keeps every rule that either of them checks, but for one: huggingface.js takes
/// `.safetensors .txt .gguf .json` alone, and therefore refuses tokenizers' `.model` files.
std::vector<Verdict> expectedReaders(const ExportPlan& plan);

} // namespace shardlens::convert
