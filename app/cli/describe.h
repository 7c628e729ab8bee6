// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "model/checkpoint.h"
#include "model/finding_json.h"
#include "query/archive_members.h"
#include "query/item.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::cli {

/// Text from a file for one line of a terminal, cut in the middle where it is very long.
std::string shown(std::string_view text);

/// Several lines of text from a file: line ends, tabs and backslashes stay, everything else that could steer
/// a terminal is escaped.
std::string terminalText(std::string_view text);

/// `0:4, :8` of a slice's place as JSON of the contract: offset, size, file, rank, begin, end. Within an archive
/// `file` is its member, and `archive` the file that begin and end count in.
void writeSlice(JsonWriter& json, const Checkpoint& checkpoint, SliceId id, const ArchiveMembers& members);

/// Who shares a tensor's memory: names that were dropped for it, and tensors on the same storage.
class TiedNames {
public:
    explicit TiedNames(const Checkpoint& checkpoint);
    std::vector<std::string> of(const TensorView& tensor) const;

private:
    const Checkpoint& m_checkpoint;
    std::map<std::string, std::vector<std::string>, std::less<>> m_aliases; // by kept and by dropped name
    std::map<std::uint32_t, std::vector<TensorId>> m_storages;
};

/// The fields of ls and show of one tensor, without the braces: show adds more.
void writeTensorFields(JsonWriter& json, const Checkpoint& checkpoint, const TensorView& tensor,
                       const TiedNames& tied, const ArchiveMembers& members);

/// `{name type value}` of an entry. Without `all`, files longer than a page are not decoded: their value is
/// null.
void writeEntry(JsonWriter& json, const Checkpoint& checkpoint, EntryId id, bool all);

/// The entry's type for people and JSON: Python's name of a value, `json`, `text` or `binary` of a file.
std::string entryType(const Checkpoint& checkpoint, EntryId id);

/// The files of a tensor's slices, each once, in order of the slices.
std::vector<FileId> filesOf(const Checkpoint& checkpoint, const TensorView& tensor);

} // namespace shardlens::cli
