// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace shardlens::zip {

/// One entry as the central directory tells it. Offsets count from the source's beginning (data that stands
/// before the archive included). The name is raw and lives in the Directory.
struct Entry {
    static constexpr std::uint16_t Stored = 0, Deflated = 8;
    static constexpr std::uint16_t FlagEncrypted = 0x0001, FlagDescriptor = 0x0008, FlagUtf8 = 0x0800;

    std::string_view name;
    std::uint64_t headerOffset = 0; ///< of the local header
    std::uint64_t compressedBytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t directoryOffset = 0; ///< of the central header, for messages
    std::uint32_t crc32 = 0;           ///< 0 also where the writer computed none
    std::uint32_t externalAttributes = 0;
    std::uint16_t method = Stored;
    std::uint16_t flags = 0;
    std::uint16_t versionMadeBy = 0;
    std::uint16_t versionNeeded = 0;

    bool stored() const { return method == Stored; }
    bool encrypted() const { return (flags & FlagEncrypted) != 0; }
    bool folder() const { return !name.empty() && name.back() == '/'; }
    /// Unix mode says symbolic link.
    bool symlink() const {
        return (versionMadeBy >> 8) == 3 && ((externalAttributes >> 16) & 0170000) == 0120000;
    }
};

} // namespace shardlens::zip
