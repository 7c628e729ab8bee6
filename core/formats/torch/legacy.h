// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/torch/torch_file.h"

namespace shardlens::torch {

/// The format before PyTorch 1.6 (`torch/serialization.py`, `_legacy_save`): pickles in a row (magic number,
/// protocol version, system info, the object, the storages' keys), then for every key 8 bytes of element
/// count and the raw elements. Fails with `torch.legacy-broken` or a `pickle.…` rule.
Result<TorchFile> readLegacyFile(ByteSourcePtr source, const JobContext& context);

} // namespace shardlens::torch
