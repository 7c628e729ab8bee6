// SPDX-License-Identifier: Apache-2.0
#include "analysis/deep_check.h"

#include "analysis/model_statistics.h"
#include "analysis/rules.h"
#include "jobs/parallel_for.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

namespace shardlens {

namespace {

constexpr std::size_t BlockBytes = 1 << 20;

class DeepCheck {
public:
    DeepCheck(const CheckpointPtr& checkpoint, const JobContext& context)
        : m_checkpoint(checkpoint)
        , m_context(context) {}

    Result<Findings> run() {
        const auto regions = regionsWithCrc();
        std::uint64_t bytes = 0;
        for (const auto& region : regions)
            bytes += region.range.size();
        if (!regions.empty())
            m_context.begin("checking stored sums", bytes);
        SHARDLENS_CHECK(checkRegions(regions));
        SHARDLENS_TRY(auto found, checkValues());
        std::move(found.begin(), found.end(), std::back_inserter(m_findings));
        return std::move(m_findings);
    }

private:
    std::vector<Region> regionsWithCrc() const {
        std::vector<Region> out;
        for (std::uint32_t file = 0; file < m_checkpoint->fileCount(); ++file)
            for (const auto& region : m_checkpoint->regions(FileId(file)))
                // 0: torch.save computed none, or 1 in 4 billion; other archives mean it.
                if (region.crc32 && (*region.crc32 != 0 || m_checkpoint->format() == Format::Dduf))
                    out.push_back(region);
        return out;
    }

    Result<void> checkRegions(const std::vector<Region>& regions) {
        std::vector<std::optional<Finding>> found(regions.size());
        SHARDLENS_CHECK(parallelFor(m_context, regions.size(), [&](std::size_t i) -> Result<void> {
            const auto& region = regions[i];
            auto crc = crcOf(region);
            const Subject subject{Subject::Kind::File, region.file.value()};
            const Location where{m_checkpoint->file(region.file).path, region.range.begin, region.name};
            if (!crc && crc.error().rule == &rules::JobCancelled)
                return Failure(std::move(crc).error());
            if (!crc)
                found[i] = Finding{std::move(crc).error(), subject, {}};
            else if (*crc != *region.crc32)
                found[i] =
                    Finding{{&rules::analysis::StoredCrc,
                             {region.name, fmt::format("{:08x}", *crc), fmt::format("{:08x}", *region.crc32)},
                             where},
                            subject,
                            {}};
            return {};
        }));
        for (auto& finding : found)
            if (finding)
                m_findings.push_back(std::move(*finding));
        return {};
    }

    Result<std::uint32_t> crcOf(const Region& region) const {
        SHARDLENS_TRY(const auto source, m_checkpoint->source(region.file));
        std::vector<std::byte> block(std::min<std::uint64_t>(BlockBytes, region.range.size()));
        std::uint32_t crc = 0;
        for (auto at = region.range.begin; at < region.range.end;) {
            SHARDLENS_CHECK(m_context.checkStop());
            const auto part =
                std::span(block).first(std::min<std::uint64_t>(block.size(), region.range.end - at));
            SHARDLENS_CHECK(source->readAt(at, part));
            crc = libdeflate_crc32(crc, part.data(), part.size());
            m_context.add(part.size());
            at += part.size();
        }
        return crc;
    }

    Result<Findings> checkValues() const {
        std::vector<TensorId> tensors;
        for (std::uint32_t i = 0; i < m_checkpoint->tensorCount(); ++i)
            if (m_checkpoint->tensor(TensorId(i)).readable())
                tensors.emplace_back(i);
        return modelStatistics(m_checkpoint, tensors, {.bins = 1}, m_context,
                               [](std::size_t, const TensorStatistics&) {});
    }

    const CheckpointPtr& m_checkpoint;
    const JobContext& m_context;
    Findings m_findings;
};

} // namespace

Result<Findings> deepCheck(const CheckpointPtr& checkpoint, const JobContext& context) {
    return DeepCheck(checkpoint, context).run();
}

} // namespace shardlens
