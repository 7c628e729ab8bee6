// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/torch/torch_file.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::torch {

/// How a tensor's recipe says its elements lie in its storage, where the storage is known.
Payload payloadOf(const TensorRecipe& recipe, ByteRange storage, ByteOrder order, FileId file);

/// Payloads and values of torch.save files. Filled while the checkpoint is built, immutable afterwards.
class TorchBackend : public CheckpointBackend {
public:
    /// Numbers for Slice::detail and EntryRecord::detail.
    std::uint32_t add(std::shared_ptr<const TorchFile> file, pickle::Node node);

    Result<Payload> payload(const Checkpoint& checkpoint, SliceId slice) const override;
    Result<Value> value(const Checkpoint& checkpoint, EntryId entry) const override;

private:
    struct Item {
        std::shared_ptr<const TorchFile> file;
        pickle::Node node;
    };
    std::vector<Item> m_items;
};

} // namespace shardlens::torch
