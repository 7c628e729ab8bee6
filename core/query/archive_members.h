// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace shardlens {

/// Which member of an archive of files (DDUF) holds a byte: for people a tensor lies in
/// `unet/diffusion_pytorch_model.safetensors`, physically in the archive. Of other formats files are shown as
/// they are, for the records in a PyTorch file are no files. Holds on to the checkpoint, which must live.
class ArchiveMembers {
public:
    explicit ArchiveMembers(const Checkpoint& checkpoint);

    /// The member that holds the slice's bytes, else the file's own path. The slice has a file.
    std::string_view path(const Slice& slice) const;
    bool empty() const { return m_records.empty(); }

private:
    const Checkpoint& m_checkpoint;
    std::vector<const Region*> m_records; // by file, then by position
};

} // namespace shardlens
