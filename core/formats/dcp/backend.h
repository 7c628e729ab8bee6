// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/item_source.h"
#include "formats/pickle/findings.h"
#include "model/checkpoint.h"
#include "model/checksum_source.h"

#include <string>

namespace shardlens::dcp {

/// `detail` of slices and entries: how the item is stored.
namespace stored {
inline constexpr std::uint32_t Plain = 0; ///< a torch.save archive; 1 to 8: under so many layers of Zstandard
inline constexpr std::uint32_t MaxLayers = 8;
inline constexpr std::uint32_t Raw = 100; ///< plain elements of a safetensors part
inline constexpr std::uint32_t UnknownTransform = 101;
} // namespace stored

/// A decoded value entry.
struct DecodedValue {
    Value value;
    std::string typeName;
    std::uint64_t bytes = 0; ///< of the item, decoded
};

/// Opens a value's item, a small torch.save archive, and decodes it; adds what it names to `globals`. Errors
/// name the data file and count bytes from its beginning; `io.too-large` where a compressed item unpacks to
/// more than `limit`.
Result<DecodedValue> decodeValue(const ItemPlace& place, const std::string& name, std::uint64_t limit,
                                 const JobContext& context, pickle::GlobalFindings* globals);

/// Resolves payloads and values of a DCP checkpoint on demand; nothing is kept.
class Backend final : public CheckpointBackend, public ChecksumSource {
public:
    Result<Payload> payload(const Checkpoint& checkpoint, SliceId slice) const override;
    Result<Value> value(const Checkpoint& checkpoint, EntryId entry) const override;
    /// A step a slice, then a step an entry: each is an archive whose records have CRCs.
    ChecksumWork checksumWork(const Checkpoint& checkpoint) const override;
    Result<std::vector<StoredChecksum>> checksums(const Checkpoint& checkpoint, std::size_t step,
                                                  const JobContext& context) const override;
};

/// An error inside an item, told in terms of its data file.
Error inFile(Error error, const ItemPlace& place, const std::string& item);

} // namespace shardlens::dcp
