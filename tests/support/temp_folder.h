// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::test {

std::vector<std::byte> bytesOf(std::string_view text);
std::string textOf(std::span<const std::byte> bytes);

/// A folder that lives as long as this object. Throws where the file system refuses: a test cannot go on
/// then.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    std::string path(std::string_view relative = {}) const;
    /// Writes a file, making the folders on its way; returns its path.
    std::string write(std::string_view relative, std::string_view content) const;
    std::string write(std::string_view relative, std::span<const std::byte> content) const;
    std::string read(std::string_view relative) const;
    bool exists(std::string_view relative) const;
    /// Everything below a folder, sorted: files as they are, folders with a slash at the end.
    std::vector<std::string> names(std::string_view relative = {}) const;

private:
    std::filesystem::path m_path;
};

} // namespace shardlens::test
