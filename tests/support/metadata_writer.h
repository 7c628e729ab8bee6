// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace shardlens::test {

/// Writes a .metadata as PyTorch's pickler would at protocol 4 (memo, shared names and sizes, batches of
/// 1000), with `slices` slices in tensors of `perTensor` each, straight to the file.
void writeLargeMetadata(const std::string& path, std::size_t slices, std::size_t perTensor);

} // namespace shardlens::test
