// SPDX-License-Identifier: Apache-2.0
#include "support/temp_folder.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace shardlens::test {

namespace fs = std::filesystem;

std::vector<std::byte> bytesOf(std::string_view text) {
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    return {begin, begin + text.size()};
}

std::string textOf(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TempFolder::TempFolder() {
    auto pattern = (fs::temp_directory_path() / "shardlens-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary folder");
    m_path = fs::canonical(pattern);
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

std::string TempFolder::path(std::string_view relative) const {
    return relative.empty() ? m_path.string() : (m_path / relative).string();
}

std::string TempFolder::write(std::string_view relative, std::string_view content) const {
    const fs::path target = m_path / relative;
    fs::create_directories(target.parent_path());
    std::ofstream file(target, std::ios::binary | std::ios::trunc);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file)
        throw std::runtime_error("cannot write " + target.string());
    return target.string();
}

std::string TempFolder::write(std::string_view relative, std::span<const std::byte> content) const {
    return write(relative, std::string_view(reinterpret_cast<const char*>(content.data()), content.size()));
}

std::string TempFolder::read(std::string_view relative) const {
    std::ifstream file(m_path / relative, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + std::string(relative));
    return {std::istreambuf_iterator<char>(file), {}};
}

bool TempFolder::exists(std::string_view relative) const {
    return fs::exists(fs::symlink_status(m_path / relative));
}

std::vector<std::string> TempFolder::names(std::string_view relative) const {
    std::vector<std::string> out;
    const auto root = relative.empty() ? m_path : m_path / relative;
    for (const auto& entry : fs::recursive_directory_iterator(root))
        out.push_back(entry.path().lexically_relative(root).string() +
                      (entry.is_directory() && !entry.is_symlink() ? "/" : ""));
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace shardlens::test
