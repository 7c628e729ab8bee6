// SPDX-License-Identifier: Apache-2.0
#include "analysis/checksum_scan.h"

#include "analysis/rules.h"
#include "jobs/parallel_for.h"
#include "model/checksum_source.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace shardlens {

namespace {

constexpr std::size_t BlockBytes = 1 << 20;
/// Up to so many damaged parts of a file get a finding each; more have one cause and share one.
constexpr std::size_t MaxFindingsOfFile = 8;

/// 0: torch.save computed none, or 1 in 4 billion; other archives mean it.
bool hasCrc(const Checkpoint& checkpoint, const Region& region) {
    return region.crc32 && (*region.crc32 != 0 || checkpoint.format() == Format::Dduf);
}

class ChecksumScan {
public:
    ChecksumScan(const CheckpointPtr& checkpoint, const JobContext& context)
        : m_checkpoint(checkpoint)
        , m_context(context) {}

    Result<Findings> run() {
        std::vector<Region> regions;
        for (std::uint32_t file = 0; file < m_checkpoint->fileCount(); ++file)
            std::ranges::copy_if(m_checkpoint->regions(FileId(file)), std::back_inserter(regions),
                                 [&](const Region& region) { return hasCrc(*m_checkpoint, region); });
        m_source = ChecksumSource::of(*m_checkpoint);
        const auto steps = m_source == nullptr ? 0 : m_source->checksumWork(*m_checkpoint).steps;
        SHARDLENS_CHECK(parallelFor(m_context, regions.size() + steps, [&](std::size_t i) -> Result<void> {
            return settle(i < regions.size() ? verify(regions[i]) : verifyStep(i - regions.size()));
        }));
        for (auto& [file, damage] : m_damage)
            report(file, damage);
        return std::move(m_findings);
    }

private:
    struct Part {
        ByteRange range;
        std::string name;
        std::uint32_t found = 0, stored = 0;
    };

    /// Of a part that cannot be read a finding is made; a stop ends the job.
    Result<void> settle(Result<void> result) {
        if (result || result.error().rule == &rules::JobCancelled)
            return result;
        const std::lock_guard lock(m_mutex);
        m_findings.push_back({std::move(result).error(), {}, {}});
        return {};
    }

    Result<void> verify(const Region& region) {
        SHARDLENS_TRY(auto source, m_checkpoint->source(region.file));
        return verify(
            {std::move(source), region.range, *region.crc32, region.name, region.file, region.range});
    }

    Result<void> verifyStep(std::size_t step) {
        SHARDLENS_TRY(const auto parts, m_source->checksums(*m_checkpoint, step, m_context));
        for (const auto& part : parts)
            SHARDLENS_CHECK(verify(part));
        return {};
    }

    Result<void> verify(const StoredChecksum& part) {
        SHARDLENS_TRY(const auto crc, crcOf(part));
        if (crc == part.crc32)
            return {};
        const std::lock_guard lock(m_mutex);
        m_damage[part.file].push_back({part.stored, part.name, crc, part.crc32});
        return {};
    }

    Result<std::uint32_t> crcOf(const StoredChecksum& part) const {
        std::vector<std::byte> block(std::min<std::uint64_t>(BlockBytes, part.range.size()));
        std::uint32_t crc = 0;
        for (auto at = part.range.begin; at < part.range.end;) {
            SHARDLENS_CHECK(m_context.checkStop());
            const auto piece =
                std::span(block).first(std::min<std::uint64_t>(block.size(), part.range.end - at));
            SHARDLENS_CHECK(part.source->readAt(at, piece));
            crc = libdeflate_crc32(crc, piece.data(), piece.size());
            m_context.add(piece.size());
            at += piece.size();
        }
        return crc;
    }

    void report(FileId file, std::vector<Part>& parts) {
        std::ranges::sort(parts, {}, [](const Part& part) { return std::pair(part.range, part.name); });
        const Subject subject{Subject::Kind::File, file.value()};
        const auto where = [&](const Part& part) {
            return Location{m_checkpoint->file(file).path, part.range.begin, part.name};
        };
        if (parts.size() > MaxFindingsOfFile) {
            m_findings.push_back({{&rules::analysis::StoredCrcs,
                                   {std::uint64_t{parts.size()}, parts.front().name},
                                   where(parts.front())},
                                  subject,
                                  tensorsIn(file, parts)});
            return;
        }
        for (const Part& part : parts)
            m_findings.push_back(
                {{&rules::analysis::StoredCrc,
                  {part.name, fmt::format("{:08x}", part.found), fmt::format("{:08x}", part.stored)},
                  where(part)},
                 subject,
                 tensorsIn(file, std::span(&part, 1))});
    }

    /// The tensors with data in the parts, which are sorted and do not overlap.
    std::vector<TensorId> tensorsIn(FileId file, std::span<const Part> parts) const {
        std::vector<TensorId> out;
        for (std::uint32_t i = 0; i < m_checkpoint->sliceCount(); ++i) {
            const auto slice = m_checkpoint->slice(SliceId(i));
            if (slice.file != file || slice.stored.empty() || (!out.empty() && out.back() == slice.tensor))
                continue;
            const auto part = std::ranges::upper_bound(parts, slice.stored.begin, {},
                                                       [](const Part& one) { return one.range.end; });
            if (part != parts.end() && part->range.begin < slice.stored.end)
                out.push_back(slice.tensor);
        }
        return out;
    }

    const CheckpointPtr& m_checkpoint;
    const JobContext& m_context;
    const ChecksumSource* m_source = nullptr;
    std::mutex m_mutex;
    std::map<FileId, std::vector<Part>> m_damage;
    Findings m_findings;
};

} // namespace

std::uint64_t checksumBytes(const Checkpoint& checkpoint) {
    const auto* source = ChecksumSource::of(checkpoint);
    std::uint64_t bytes = source == nullptr ? 0 : source->checksumWork(checkpoint).bytes;
    for (std::uint32_t file = 0; file < checkpoint.fileCount(); ++file)
        for (const auto& region : checkpoint.regions(FileId(file)))
            bytes += hasCrc(checkpoint, region) ? region.range.size() : 0;
    return bytes;
}

Result<Findings> verifyChecksums(const CheckpointPtr& checkpoint, const JobContext& context) {
    return ChecksumScan(checkpoint, context).run();
}

} // namespace shardlens
