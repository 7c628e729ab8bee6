// SPDX-License-Identifier: Apache-2.0
#include "convert/archive_file.h"

#include "formats/zip/archive_layout.h"

#include <utility>

namespace shardlens::convert {

namespace {

/// Appends pieces one behind the other.
class Tiler {
public:
    explicit Tiler(PlannedFile& file) : m_file(file) {}

    std::uint32_t nextPiece() const { return static_cast<std::uint32_t>(m_file.pieces.size()); }

    void text(std::string bytes) {
        const auto length = bytes.size();
        append(length, Literal{std::move(bytes)});
    }

    void entry(ArchiveEntry&& entry) {
        for (auto& piece : entry.pieces)
            append(piece.length, std::move(piece.what));
    }

    void header(zip::SplitHeader header, Checksum sum) {
        text(std::move(header.beforeCrc));
        append(4, sum);
        text(std::move(header.afterCrc));
    }

private:
    template <typename What>
    void append(std::uint64_t length, What&& what) {
        if (length == 0)
            return;
        m_file.pieces.push_back({m_file.bytes, length, std::forward<What>(what)});
        m_file.bytes += length;
    }

    PlannedFile& m_file;
};

} // namespace

Result<PlannedArchive> planArchive(std::vector<ArchiveEntry> entries) {
    std::vector<zip::EntryToWrite> names;
    names.reserve(entries.size());
    for (const auto& entry : entries)
        names.push_back({entry.name, entry.bytes});
    SHARDLENS_TRY(const auto layout, zip::layOutArchive(names));
    PlannedArchive out;
    out.file.role = PlannedFile::Role::Archive;
    Tiler tiler(out.file);
    std::vector<Checksum> sums;
    for (std::size_t i = 0; i != entries.size(); ++i) {
        // Three pieces of header come before the data.
        const auto first = tiler.nextPiece() + 3;
        std::uint32_t held = 0;
        for (const auto& piece : entries[i].pieces)
            held += piece.length != 0 ? 1 : 0;
        sums.push_back({first, first + held});
        tiler.header(zip::localHeader(names[i], layout.entries[i]), sums.back());
        tiler.entry(std::move(entries[i]));
        out.dataOffsets.push_back(layout.entries[i].dataOffset);
    }
    for (std::size_t i = 0; i != names.size(); ++i)
        tiler.header(zip::centralHeader(names[i], layout.entries[i]), sums[i]);
    tiler.text(zip::endRecords(layout));
    return out;
}

} // namespace shardlens::convert
