// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/dcp/seeded_map.h"
#include "formats/safetensors/header.h"
#include "jobs/job_context.h"
#include "model/box.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace shardlens::dcp {

/// The safetensors part of a data file that the plain writer wrote with SerializationFormat.SAFETENSORS
/// (2.8+): a header and data behind the archives of the file's values. Offsets and lengths in the metadata
/// say nothing of where its tensors lie.
class SafetensorsPart {
public:
    /// True where a header begins at `offset`.
    static Result<bool> isAt(const ByteSource& source, std::uint64_t offset);
    static Result<SafetensorsPart> read(const ByteSource& source, std::uint64_t offset,
                                        const JobContext& context);

    const safetensors::Header& header() const { return m_header; }
    /// After the part has come to rest: names are views on its header.
    void indexNames();
    /// The tensor that holds this slice, by its name, size and the offsets that DCP_SHARDING_INFO gives.
    std::optional<std::uint32_t> find(std::string_view name, DimsView offset, DimsView size) const;

private:
    safetensors::Header m_header;
    TextMap<std::uint32_t> m_byName;
    std::map<std::string, Dims, std::less<>> m_savedOffsets;
};

} // namespace shardlens::dcp
