// SPDX-License-Identifier: Apache-2.0
#include "query/archive_members.h"

#include <algorithm>
#include <utility>

namespace shardlens {

ArchiveMembers::ArchiveMembers(const Checkpoint& checkpoint) : m_checkpoint(checkpoint) {
    if (checkpoint.format() != Format::Dduf)
        return;
    for (std::uint32_t file = 0; file < checkpoint.fileCount(); ++file)
        for (const auto& region : checkpoint.regions(FileId(file)))
            if (region.kind == Region::Kind::Record && region.crc32)
                m_records.push_back(&region);
}

std::string_view ArchiveMembers::path(const Slice& slice) const {
    const auto after =
        std::upper_bound(m_records.begin(), m_records.end(), std::pair(slice.file, slice.stored.begin),
                         [](const auto& place, const Region* record) {
                             return place < std::pair(record->file, record->range.begin);
                         });
    if (after != m_records.begin()) {
        const auto& record = **(after - 1);
        if (record.file == slice.file && slice.stored.end <= record.range.end)
            return record.name;
    }
    return m_checkpoint.file(slice.file).path;
}

} // namespace shardlens
