// SPDX-License-Identifier: Apache-2.0
#include "analysis/deep_check.h"

#include "analysis/hash.h"
#include "analysis/rules.h"
#include "analysis/value_scan.h"
#include "jobs/parallel_for.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>

namespace shardlens {

namespace {

constexpr std::size_t BlockBytes = 1 << 20;

class DeepCheck {
public:
    DeepCheck(const CheckpointPtr& checkpoint, const JobContext& context)
        : m_checkpoint(checkpoint)
        , m_context(context)
        , m_scans(checkpoint->tensorCount())
        , m_problems(checkpoint->tensorCount()) {}

    Result<Findings> run() {
        const auto regions = regionsWithCrc();
        std::uint64_t bytes = m_checkpoint->bytes();
        for (const auto& region : regions)
            bytes += region.range.size();
        m_context.begin("checking data", bytes);
        SHARDLENS_CHECK(checkRegions(regions));
        SHARDLENS_CHECK(scanTensors());
        reportUnreadable();
        reportValues();
        reportIdentical();
        return std::move(m_findings);
    }

private:
    std::vector<Region> regionsWithCrc() const {
        std::vector<Region> out;
        for (std::uint32_t file = 0; file < m_checkpoint->fileCount(); ++file)
            for (const auto& region : m_checkpoint->regions(FileId(file)))
                if (region.crc32 && *region.crc32 != 0) // 0: the writer computed none, or 1 in 4 billion
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

    Result<void> scanTensors() {
        return parallelFor(m_context, m_scans.size(), [&](std::size_t i) -> Result<void> {
            if (!m_checkpoint->tensor(TensorId(i)).readable())
                return {};
            auto scan = scanValues(m_checkpoint, TensorId(i), m_context);
            if (scan)
                m_scans[i] = std::move(*scan);
            else if (scan.error().rule == &rules::JobCancelled)
                return Failure(std::move(scan).error());
            else
                m_problems[i] = std::move(scan).error();
            return {};
        });
    }

    void reportUnreadable() {
        for (std::size_t i = 0; i < m_problems.size(); ++i) {
            if (!m_problems[i])
                continue;
            auto error = *m_problems[i];
            if (error.where.item.empty())
                error.where.item = m_checkpoint->tensor(TensorId(i)).name();
            m_findings.push_back(
                {std::move(error), {Subject::Kind::Tensor, static_cast<std::uint32_t>(i)}, {TensorId(i)}});
        }
    }

    std::string nameOf(TensorId id) const { return std::string(m_checkpoint->tensor(id).name()); }

    void reportValues() {
        report([](const ValueScan& scan) { return scan.nan; }, rules::analysis::HasNan, true);
        report([](const ValueScan& scan) { return scan.infinite; }, rules::analysis::HasInfinity, true);
        report(
            [](const ValueScan& scan) {
                return std::uint64_t{scan.elements > 1 && scan.zeros == scan.elements};
            },
            rules::analysis::AllZero, false);
    }

    void report(const std::function<std::uint64_t(const ValueScan&)>& count, const Rule& rule,
                bool sayCount) {
        std::vector<TensorId> tensors;
        std::uint64_t values = 0;
        for (std::size_t i = 0; i < m_scans.size(); ++i) {
            if (!m_scans[i] || count(*m_scans[i]) == 0)
                continue;
            tensors.emplace_back(i);
            values += count(*m_scans[i]);
        }
        if (tensors.empty())
            return;
        const auto first = tensors.front();
        Args args{std::uint64_t{tensors.size()}};
        if (sayCount)
            args.emplace_back(values);
        args.emplace_back(nameOf(first));
        m_findings.push_back(
            {{&rule, std::move(args), {}}, {Subject::Kind::Tensor, first.value()}, std::move(tensors)});
    }

    /// Tensors of one value throughout (zeros, ones) are alike by nature; tied ones share their storage.
    void reportIdentical() {
        std::map<std::pair<std::string, std::uint64_t>, TensorId> first;
        std::vector<TensorId> same;
        std::pair<TensorId, TensorId> pair;
        for (std::size_t i = 0; i < m_scans.size(); ++i) {
            if (!m_scans[i] || m_scans[i]->elements < 16 || m_scans[i]->constant)
                continue;
            const TensorId id(i);
            const auto [known, isNew] = first.try_emplace({m_scans[i]->digest, m_scans[i]->bytes}, id);
            const auto storage = m_checkpoint->tensor(id).storage();
            if (isNew || (storage && storage == m_checkpoint->tensor(known->second).storage()))
                continue;
            if (same.empty())
                pair = {known->second, id};
            same.push_back(id);
        }
        if (same.empty())
            return;
        m_findings.push_back({{&rules::analysis::Identical,
                               {std::uint64_t{same.size()}, nameOf(pair.first), nameOf(pair.second)},
                               {}},
                              {Subject::Kind::Tensor, pair.second.value()},
                              std::move(same)});
    }

    const CheckpointPtr& m_checkpoint;
    const JobContext& m_context;
    std::vector<std::optional<ValueScan>> m_scans;
    std::vector<std::optional<Error>> m_problems;
    Findings m_findings;
};

} // namespace

Result<Findings> deepCheck(const CheckpointPtr& checkpoint, const JobContext& context) {
    return DeepCheck(checkpoint, context).run();
}

} // namespace shardlens
