// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/item_source.h"
#include "formats/pickle/findings.h"
#include "model/checkpoint.h"

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
};

/// Opens a value's item, a small torch.save archive, and decodes it; adds what it names to `globals`. Errors
/// name the data file and count bytes from its beginning.
Result<DecodedValue> decodeValue(const ItemPlace& place, const std::string& name, const JobContext& context,
                                 pickle::GlobalFindings* globals);

/// Resolves payloads and values of a DCP checkpoint on demand; nothing is kept.
class Backend final : public CheckpointBackend {
public:
    Result<Payload> payload(const Checkpoint& checkpoint, SliceId slice) const override;
    Result<Value> value(const Checkpoint& checkpoint, EntryId entry) const override;
};

/// An error inside an item, told in terms of its data file.
Error inFile(Error error, const ItemPlace& place, const std::string& item);

} // namespace shardlens::dcp
