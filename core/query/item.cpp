// SPDX-License-Identifier: Apache-2.0
#include "query/item.h"

namespace shardlens {

namespace {

std::vector<std::string_view> entryPath(const EntryRecord& entry) {
    const std::string_view name = entry.name;
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    const auto cutAt = [&](std::size_t separator) {
        parts.push_back(name.substr(begin, separator - begin));
        begin = separator + 1;
    };
    if (entry.ownCuts) {
        for (const std::size_t separator : entry.cuts)
            if (separator >= begin && separator < name.size())
                cutAt(separator);
    } else {
        const char separator = entry.kind == EntryRecord::Kind::Value ? '.' : '/';
        for (auto at = name.find(separator); at != name.npos; at = name.find(separator, begin))
            cutAt(at);
    }
    parts.push_back(name.substr(begin));
    return parts;
}

} // namespace

std::uint32_t itemCount(const Checkpoint& checkpoint) {
    return checkpoint.tensorCount() + checkpoint.entryCount();
}

std::string_view itemName(const Checkpoint& checkpoint, ItemIndex item) {
    const auto tensors = checkpoint.tensorCount();
    if (item < tensors)
        return checkpoint.tensor(TensorId(item)).name();
    return checkpoint.entry(EntryId(item - tensors)).name;
}

std::vector<std::string_view> itemPath(const Checkpoint& checkpoint, ItemIndex item) {
    const auto tensors = checkpoint.tensorCount();
    if (item < tensors)
        return checkpoint.tensor(TensorId(item)).path();
    return entryPath(checkpoint.entry(EntryId(item - tensors)));
}

} // namespace shardlens
