// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/torch/torch_file.h"
#include "model/checkpoint.h"
#include "model/checksum_source.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::torch {

/// How a tensor's recipe says its elements lie in its storage, where the storage is known.
Payload payloadOf(const TensorRecipe& recipe, ByteRange storage, ByteOrder order, FileId file);

/// Payloads and values of torch.save files. Filled while the checkpoint is built, immutable afterwards.
class TorchBackend : public CheckpointBackend, public ChecksumSource {
public:
    /// Numbers for Slice::detail and EntryRecord::detail.
    std::uint32_t add(std::shared_ptr<const TorchFile> file, pickle::Node node);
    /// The file's checksums are this backend's from now on.
    void addChecksums(std::shared_ptr<const TorchFile> file, FileId id);

    Result<Payload> payload(const Checkpoint& checkpoint, SliceId slice) const override;
    Result<Value> value(const Checkpoint& checkpoint, EntryId entry) const override;
    ChecksumWork checksumWork(const Checkpoint& checkpoint) const override;
    Result<std::vector<StoredChecksum>> checksums(const Checkpoint& checkpoint, std::size_t step,
                                                  const JobContext& context) const override;

private:
    struct Checked {
        std::shared_ptr<const TorchFile> file;
        FileId id;
        std::size_t firstStep = 0;
    };
    struct Item {
        std::shared_ptr<const TorchFile> file;
        pickle::Node node;
    };
    std::vector<Item> m_items;
    std::vector<Checked> m_checked; // by rising first step
    ChecksumWork m_work;
};

} // namespace shardlens::torch
