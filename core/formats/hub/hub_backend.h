// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"

namespace shardlens::hub {

/// Decodes the entries that this room adds: side files as JSON, text or bytes, torch.save archives as values.
/// Knows entries by their records alone, so that rooms that add sets can use it for their own side files.
class HubBackend final : public CheckpointBackend {
public:
    Result<Value> value(const Checkpoint& checkpoint, EntryId entry) const override;
};

} // namespace shardlens::hub
