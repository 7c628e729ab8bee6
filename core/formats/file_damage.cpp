// SPDX-License-Identifier: Apache-2.0
#include "formats/file_damage.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace shardlens {

namespace {

/// The value of `key value\n`, empty where there is none.
std::string_view lineValue(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ')
            return line.substr(key.size() + 1);
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return {};
}

} // namespace

std::optional<LfsPointer> readLfsPointer(std::span<const std::byte> head) {
    // A pointer is below 1024 bytes; one that something was appended to is still no weights.
    const std::string_view text(reinterpret_cast<const char*>(head.data()),
                                std::min<std::size_t>(head.size(), 1024));
    if (!text.starts_with("version https://git-lfs.github.com/spec/v1") &&
        !text.starts_with("version https://hawser.github.com/spec/v1")) // the name before 1.0
        return std::nullopt;
    LfsPointer pointer{.bytes = 0, .oid = std::string(lineValue(text, "oid"))};
    const auto size = lineValue(text, "size");
    std::uint64_t bytes = 0;
    if (std::from_chars(size.data(), size.data() + size.size(), bytes).ec == std::errc{})
        pointer.bytes = bytes;
    return pointer;
}

Result<void> checkHead(std::span<const std::byte> head, std::uint64_t fileBytes, const std::string& name) {
    if (fileBytes == 0)
        return fail(rules::FileEmpty, {name}, {name, {}, {}});
    if (const auto pointer = readLfsPointer(head))
        return fail(rules::FileLfsPointer, {name, Bytes{pointer->bytes}}, {name, 0, pointer->oid});
    if (head.size() >= 8 &&
        std::all_of(head.begin(), head.end(), [](std::byte b) { return b == std::byte{0}; }))
        return fail(rules::FileZeros, {name, Bytes{head.size()}}, {name, 0, {}});
    return {};
}

} // namespace shardlens
