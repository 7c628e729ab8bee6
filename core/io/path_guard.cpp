// SPDX-License-Identifier: Apache-2.0
#include "io/path_guard.h"

#include <algorithm>

namespace shardlens {

namespace {

constexpr std::size_t MaxPartBytes = 255;  // NAME_MAX of every usual file system
constexpr std::size_t MaxPathBytes = 4095; // PATH_MAX less the terminator

Failure unsafe(std::string_view path, const char* reason) {
    return fail(rules::UnsafePath, {std::string(path), std::string(reason)});
}

bool isControl(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

const char* whyPartIsUnsafe(std::string_view part) {
    if (part.empty())
        return "a part of it is empty";
    if (part == "." || part == "..")
        return "it holds a part . or ..";
    if (part.size() > MaxPartBytes)
        return "a part of it is longer than 255 bytes";
    return nullptr;
}

} // namespace

Result<void> checkRelativePath(std::string_view path) {
    if (path.empty())
        return unsafe(path, "it is empty");
    if (path.front() == '/')
        return unsafe(path, "it is absolute");
    if (path.size() > MaxPathBytes)
        return unsafe(path, "it is longer than 4095 bytes");
    if (path.size() >= 2 && isLetter(path[0]) && path[1] == ':')
        return unsafe(path, "it begins with a drive letter");
    if (path.find('\\') != path.npos)
        return unsafe(path, "it holds a backslash");
    if (std::any_of(path.begin(), path.end(), isControl))
        return unsafe(path, "it holds a control character");
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find('/', begin), path.size());
        if (const auto* reason = whyPartIsUnsafe(path.substr(begin, end - begin)))
            return unsafe(path, reason);
        begin = end + 1;
    }
    return {};
}

Result<void> checkPlainName(std::string_view name) {
    SHARDLENS_CHECK(checkRelativePath(name));
    if (name.find('/') != name.npos)
        return unsafe(name, "it holds a separator");
    return {};
}

} // namespace shardlens
