// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/named_by_index.h"

#include <string_view>

namespace shardlens::hub {

bool NamedByIndex::names(const std::string& index, const std::string& file) {
    const auto [known, isNew] = m_mentioned.try_emplace(index);
    auto& mentioned = known->second;
    if (!isNew)
        return mentioned.contains(file);
    const auto source = m_folder.open(index);
    if (!source || m_context.stopped())
        return false;
    const auto bytes = readAll(**source, m_context.limits->indexFile);
    if (!bytes)
        return false;
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    constexpr std::string_view ending = ".safetensors\"";
    std::string_view last;
    for (auto at = text.find(ending); at != std::string_view::npos; at = text.find(ending, at + 1)) {
        const auto begin = text.rfind('"', at);
        if (begin == std::string_view::npos)
            continue;
        const auto name = text.substr(begin + 1, at + ending.size() - 1 - (begin + 1));
        if (name.size() <= 255 && name != last)
            mentioned.emplace(name);
        last = name;
    }
    return mentioned.contains(file);
}

} // namespace shardlens::hub
