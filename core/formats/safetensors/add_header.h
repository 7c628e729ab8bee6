// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "formats/safetensors/header.h"
#include "model/checkpoint_builder.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace shardlens::safetensors {

/// Sets dtype, shape, unknown fields and, where its bytes can be read, the one whole slice of a tensor.
/// `begin` is the first byte of the header's source in the file, where the file is an archive that holds it.
void fillTensor(CheckpointBuilder& builder, const Header& header, std::uint32_t index, TensorId tensor,
                FileId file, std::uint64_t begin = 0);

/// The header, its padding, unclaimed bytes, and the bytes of tensors that got no slice. The file's other
/// regions (what stands before a header that does not begin at byte 0) are the caller's.
void addRegions(CheckpointBuilder& builder, const Header& header, FileId file, std::uint64_t begin = 0);

/// The header's findings; `tensors` has an id for each of its tensors. `locate` corrects the places in them,
/// where the checkpoint knows the file by another name or as a part of another one.
void addFindings(CheckpointBuilder& builder, const Header& header, FileId file,
                 std::span<const TensorId> tensors, const std::function<void(Location&)>& locate = {});

/// All of the above for a header whose tensors are whole: adds each, in the header's order, under `prefix`
/// and its name, and returns their ids. The file's record (with `metadata`) is the caller's. A name that the
/// builder has already must have got no slice before: that is for callers who add names in an index's order
/// first.
Result<std::vector<TensorId>> addHeader(CheckpointBuilder& builder, const Header& header, FileId file,
                                        std::string_view prefix = {});

} // namespace shardlens::safetensors
