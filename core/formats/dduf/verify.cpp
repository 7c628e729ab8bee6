// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/verify.h"

#include "formats/zip/entry_data.h"
#include "formats/zip/rules.h"
#include "jobs/parallel_for.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace shardlens::dduf {

namespace {

constexpr std::uint64_t PieceBytes = 32 * Limits::MiB, BlockBytes = Limits::MiB;

struct Piece {
    std::size_t entry = 0;
    ByteRange range;
    std::uint32_t crc = 0;
    std::optional<Error> problem;
};

std::vector<Piece> piecesOf(const Archive& archive) {
    std::vector<Piece> pieces;
    for (const auto entry : disjointEntries(archive)) {
        if (!archive.entries()[entry].stored())
            continue;
        const auto data = *archive.data(entry);
        auto begin = data.begin;
        do {
            const auto end = begin + std::min(PieceBytes, data.end - begin);
            pieces.push_back({entry, {begin, end}, 0, {}});
            begin = end;
        } while (begin < data.end);
    }
    return pieces;
}

Result<void> readPiece(const ByteSource& source, Piece& piece, const JobContext& context) {
    std::vector<std::byte> block(std::min(BlockBytes, piece.range.size()));
    for (auto at = piece.range.begin; at < piece.range.end;) {
        SHARDLENS_CHECK(context.checkStop());
        const auto part = std::span(block).first(std::min<std::uint64_t>(block.size(), piece.range.end - at));
        if (auto read = source.readAt(at, part); !read) {
            piece.problem = std::move(read).error();
            return {};
        }
        piece.crc = zip::updateCrc(piece.crc, part);
        context.add(part.size());
        at += part.size();
    }
    return {};
}

/// What the pieces of one entry say together; they stand side by side.
std::optional<Error> judge(const Archive& archive, std::span<const Piece> pieces) {
    const auto& entry = archive.entries()[pieces.front().entry];
    std::uint32_t crc = 0;
    for (const auto& piece : pieces) {
        if (piece.problem)
            return piece.problem;
        crc = zip::combineCrc(crc, piece.crc, piece.range.size());
    }
    if (crc == entry.crc32)
        return std::nullopt;
    return Error{&rules::ZipCrcMismatch,
                 {fmt::format("{:08x}", crc), fmt::format("{:08x}", entry.crc32)},
                 {archive.source()->name(), pieces.front().range.begin, std::string(entry.name)}};
}

} // namespace

std::vector<std::size_t> disjointEntries(const Archive& archive) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < archive.entries().size(); ++i)
        if (archive.data(i))
            order.push_back(i);
    std::ranges::sort(order, {}, [&](std::size_t i) { return archive.header(i).header.begin; });
    std::uint64_t end = 0;
    std::erase_if(order, [&](std::size_t i) {
        if (archive.header(i).header.begin < end)
            return true;
        end = archive.header(i).data.end;
        return false;
    });
    return order;
}

Result<Findings> verifyArchive(const Archive& archive, const JobContext& context) {
    auto pieces = piecesOf(archive);
    std::uint64_t bytes = 0;
    for (const auto& piece : pieces)
        bytes += piece.range.size();
    context.begin("checking CRC", bytes);
    SHARDLENS_CHECK(parallelFor(context, pieces.size(), [&](std::size_t i) {
        return readPiece(*archive.source(), pieces[i], context);
    }));
    Findings findings;
    for (std::size_t i = 0; i < pieces.size();) {
        auto next = i + 1;
        while (next < pieces.size() && pieces[next].entry == pieces[i].entry)
            ++next;
        if (auto problem = judge(archive, std::span(pieces).subspan(i, next - i)))
            findings.push_back({std::move(*problem), {}, {}});
        i = next;
    }
    return findings;
}

} // namespace shardlens::dduf
