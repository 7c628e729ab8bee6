// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "formats/dcp/file_table.h"
#include "formats/dcp/metadata_file.h"
#include "formats/dcp/seeded_map.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::dcp {

/// One entry of storage_data: where an item lies.
struct StoredItem {
    std::uint32_t key = 0;  ///< number of the name
    std::uint32_t file = 0; ///< in the FileTable
    pickle::Node offset;    ///< of the slice; None for a value
    ByteRange range;
    std::uint8_t layers = 0; ///< of Zstandard
    bool unknownTransform = false;
    std::int64_t hint = -1; ///< MetadataIndex.index
};

/// storage_data of one metadata file, by name and slice. Keeps what it is given alive by reference: use it
/// while the metadata lives.
class StorageIndex {
public:
    /// `keys` numbers the names; names that state_dict_metadata does not have are dropped, their items stay
    /// in all().
    static Result<StorageIndex> build(const MetadataFile& metadata, FileTable& files,
                                      const JobContext& context);

    std::span<const StoredItem> all() const { return m_items; }
    /// The item of a slice: `position` is where the slice stands among its tensor's, a hint that is mostly
    /// right.
    const StoredItem* find(std::uint32_t key, pickle::Node offset, std::size_t position) const;
    /// The number of a name, for find(); nothing where no item has it.
    std::optional<std::uint32_t> keyOf(std::string_view name) const;
    /// The item of a value.
    const StoredItem* find(std::string_view name) const;
    const std::string& unknownTransform() const { return m_unknownTransform; }

private:
    friend class StorageIndexBuilder;
    /// How the items of one name stand: their offsets rise and none comes twice, or were sorted, or neither.
    enum class Group : std::uint8_t { AsStored, Sorted, Rising };
    bool sameOffset(pickle::Node a, pickle::Node b) const;
    bool offsetLess(pickle::Node a, pickle::Node b) const;

    const pickle::Pickle* m_pickle = nullptr;
    std::vector<StoredItem> m_items;
    std::vector<std::uint32_t> m_order; // items, grouped by key, in a group in the order of the file
    std::vector<std::uint32_t> m_first; // of a key in m_order; one more than keys
    std::vector<Group> m_groups;        // a key each
    TextMap<std::uint32_t> m_keys;
    std::string m_unknownTransform;
};

} // namespace shardlens::dcp
