// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shardlens::test {

/// One entry of an archive that a test makes; every field can be made to lie.
struct ZipMakerEntry {
    std::string name = {};
    std::string data = {};
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    bool zip64Sizes = false;         ///< saturated sizes and an extra, in both headers
    bool descriptor = false;         ///< local CRC and sizes zero, a descriptor behind the data
    std::size_t padding = 0;         ///< bytes of an alignment extra in the local header
    std::uint32_t mode = 0;          ///< Unix mode; not 0 sets the host system to Unix
    std::string localName = {};      ///< instead of name in the local header
    std::int64_t crcDelta = 0;       ///< added to the right CRC, in both headers
    std::uint64_t centralBytes = 0;  ///< claimed size instead of the real one, in the directory alone
    std::uint64_t centralOffset = 0; ///< claimed header offset instead of the real one
};

struct ZipMakerOptions {
    bool zip64End = false;
    std::string comment = {};
    std::string prepended = {}; ///< stands before the archive; offsets do not count it
    std::string trailing = {};
    std::int64_t countDelta = 0; ///< added to the number of entries in the end record
    std::uint16_t disk = 0;
};

/// An archive as bytes, written by hand so that it can be wrong in any way.
std::vector<std::byte> makeZip(const std::vector<ZipMakerEntry>& entries,
                               const ZipMakerOptions& options = {});

} // namespace shardlens::test
