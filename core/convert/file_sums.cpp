// SPDX-License-Identifier: Apache-2.0
#include "convert/file_sums.h"

#include "base/endian.h"
#include "formats/zip/entry_data.h"
#include "formats/zip/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace shardlens::convert {

std::unique_ptr<FileSums> FileSums::of(const PlannedFile& file) {
    std::map<ByteRange, std::vector<std::uint64_t>> places;
    if (file.crc32)
        places[{0, file.bytes}];
    else
        for (const auto& piece : file.pieces)
            if (const auto* sum = std::get_if<Checksum>(&piece.what)) {
                ByteRange range;
                if (sum->firstPiece != sum->lastPiece) {
                    const auto& last = file.pieces[sum->lastPiece - 1];
                    range = {file.pieces[sum->firstPiece].offset, last.offset + last.length};
                }
                places[range].push_back(piece.offset);
            }
    if (places.empty())
        return nullptr;
    auto sums = std::unique_ptr<FileSums>(new FileSums(file));
    sums->m_sums.reserve(places.size());
    for (auto& [range, at] : places)
        sums->m_sums.push_back({range, std::move(at), {}});
    return sums;
}

void FileSums::add(std::uint64_t begin, std::span<const std::byte> bytes) {
    const auto end = begin + bytes.size();
    auto sum = std::ranges::partition_point(m_sums, [&](const Sum& s) { return s.range.end <= begin; });
    for (; sum != m_sums.end() && sum->range.begin < end; ++sum) {
        const auto from = std::max(begin, sum->range.begin), to = std::min(end, sum->range.end);
        const auto part =
            bytes.subspan(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from));
        const Run run{to, zip::updateCrc(0, part)};
        const std::lock_guard lock(m_mutex);
        join(*sum, from, run);
    }
}

void FileSums::join(Sum& sum, std::uint64_t begin, Run run) {
    const auto after = sum.runs.find(run.end);
    if (after != sum.runs.end()) {
        run = {after->second.end, zip::combineCrc(run.crc, after->second.crc, after->second.end - run.end)};
        sum.runs.erase(after);
    }
    auto before = sum.runs.lower_bound(begin);
    if (before != sum.runs.begin() && (--before)->second.end == begin)
        before->second = {run.end, zip::combineCrc(before->second.crc, run.crc, run.end - begin)};
    else
        sum.runs.emplace(begin, run);
}

std::uint32_t FileSums::crcOf(const Sum& sum) {
    return sum.runs.empty() ? 0 : sum.runs.begin()->second.crc; // the sum of no bytes is 0
}

Result<void> FileSums::finish(OutputFile& output) const {
    if (m_file.crc32)
        return compareWhole(crcOf(m_sums.front()));
    for (const auto& sum : m_sums) {
        std::array<std::byte, 4> bytes{};
        storeLittle(bytes.data(), crcOf(sum));
        for (const auto place : sum.places)
            SHARDLENS_CHECK(output.writeAt(place, bytes));
    }
    return {};
}

Result<void> FileSums::compareWhole(std::uint32_t found) const {
    if (found == *m_file.crc32)
        return {};
    Location where{m_file.path, {}, m_file.path};
    if (!m_file.pieces.empty())
        if (const auto* range = std::get_if<FileRange>(&m_file.pieces.front().what)) {
            where.file = range->source->name();
            where.offset = range->offset;
        }
    return fail(rules::ZipCrcMismatch, {fmt::format("{:08x}", found), fmt::format("{:08x}", *m_file.crc32)},
                std::move(where));
}

} // namespace shardlens::convert
