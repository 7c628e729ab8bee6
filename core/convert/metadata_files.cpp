// SPDX-License-Identifier: Apache-2.0
#include "convert/metadata_files.h"

namespace shardlens::convert {

std::string_view baseName(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::optional<EntryId> findMetadataFile(const Checkpoint& checkpoint, std::string_view fileName) {
    for (std::uint32_t i = 0; i != checkpoint.entryCount(); ++i)
        if (baseName(checkpoint.entry(EntryId(i)).name) == fileName)
            return EntryId(i);
    return std::nullopt;
}

Result<std::map<std::string, std::string, std::less<>>> originalDTypes(const Checkpoint& checkpoint) {
    std::map<std::string, std::string, std::less<>> out;
    const auto entry = findMetadataFile(checkpoint, DTypeMapping);
    if (!entry)
        return out;
    SHARDLENS_TRY(const auto value, checkpoint.value(*entry));
    if (value.kind() == Value::Kind::Dict)
        for (std::size_t i = 0; i != value.size(); ++i)
            if (value.at(i).kind() == Value::Kind::String)
                out.emplace(value.key(i).text(), value.at(i).text());
    return out;
}

} // namespace shardlens::convert
