// SPDX-License-Identifier: Apache-2.0
#include "model/checksum_source.h"

#include "model/checkpoint_builder.h"

namespace shardlens {

const ChecksumSource* ChecksumSource::of(const Checkpoint& checkpoint) {
    return dynamic_cast<const ChecksumSource*>(&CheckpointBuilder::backendOf(checkpoint));
}

} // namespace shardlens
