// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/folder_checks.h"

#include "base/units.h"
#include "formats/dcp/rules.h"

#include <algorithm>
#include <string>

namespace shardlens::dcp {

namespace {

constexpr std::size_t MaxNamedFiles = 8;
constexpr std::size_t StopInterval = 65'536;
constexpr std::size_t MaxGaps = 1000; // regions a file for bytes that nothing claims

class FileRanges {
public:
    FileRanges(Describer& describer, CheckpointBuilder& builder)
        : m_describer(describer)
        , m_builder(builder)
        , m_ranges(describer.files().count()) {}

    Result<void> collect(const JobContext& context) {
        std::size_t steps = 0;
        for (std::size_t i = 0; i < m_describer.storage().size(); ++i)
            for (const StoredItem& item : m_describer.storage()[i].all()) {
                if (steps++ % StopInterval == 0)
                    SHARDLENS_CHECK(context.checkStop());
                const bool isSlice = !m_describer.metadata()[i].pickle->is(item.offset, pickle::Kind::None);
                const bool inPart = isSlice && m_describer.part(item.file) != nullptr;
                if (!inPart && item.range.end <= m_describer.files().at(item.file).bytes)
                    m_ranges[item.file].push_back(item.range);
            }
        return {};
    }

    void settle(std::uint32_t number) {
        const FileTable::File& file = m_describer.files().at(number);
        auto& ranges = m_ranges[number];
        if (file.source == nullptr)
            return;
        if (const SafetensorsPart* part = m_describer.part(number))
            addPart(file, *part, ranges);
        if (!std::ranges::is_sorted(ranges))
            std::ranges::sort(ranges);
        std::uint64_t at = 0;
        std::uint64_t overlaps = 0;
        std::vector<ByteRange> gaps;
        for (const ByteRange& range : ranges) {
            if (range.begin > at)
                gaps.push_back({at, range.begin});
            overlaps += range.begin < at && !range.empty() ? 1 : 0;
            at = std::max(at, range.end);
        }
        if (at < file.bytes)
            gaps.push_back({at, file.bytes});
        report(file, gaps, overlaps);
        ranges = {};
    }

private:
    void addPart(const FileTable::File& file, const SafetensorsPart& part, std::vector<ByteRange>& ranges) {
        const safetensors::Header& header = part.header();
        const ByteRange whole{header.json.begin - 8, header.data.begin};
        m_builder.addRegion({file.id, Region::Kind::Header, whole, "safetensors header", {}});
        ranges.push_back({whole.begin, header.data.end});
        for (const ByteRange& unclaimed : header.unclaimed)
            m_builder.addRegion({file.id, Region::Kind::Unclaimed, unclaimed, {}, {}});
    }

    void report(const FileTable::File& file, const std::vector<ByteRange>& gaps, std::uint64_t overlaps) {
        std::uint64_t bytes = 0;
        for (std::size_t i = 0; i < gaps.size(); ++i) {
            bytes += gaps[i].size();
            if (i < MaxGaps)
                m_builder.addRegion({file.id, Region::Kind::Unclaimed, gaps[i], {}, {}});
        }
        Location where;
        where.file = file.path;
        const Subject subject{Subject::Kind::File, file.id.value()};
        if (overlaps > 0)
            m_builder.addFinding(rules::dcp::ItemsOverlap, {overlaps}, where, subject);
        if (bytes == 0)
            return;
        where.offset = gaps.front().begin;
        m_builder.addFinding(rules::dcp::UnclaimedBytes, {Bytes{bytes}}, where, subject);
    }

    Describer& m_describer;
    CheckpointBuilder& m_builder;
    std::vector<std::vector<ByteRange>> m_ranges;
};

} // namespace

Result<void> addRegions(Describer& describer, CheckpointBuilder& builder, const JobContext& context) {
    for (const PlannedValue& value : describer.values()) {
        const StoredItem* item = value.places[0].second;
        if (item != nullptr && item->range.end <= describer.files().at(item->file).bytes)
            builder.addRegion(
                {describer.files().at(item->file).id, Region::Kind::Entry, item->range, value.name, {}});
    }
    FileRanges ranges(describer, builder);
    SHARDLENS_CHECK(ranges.collect(context));
    for (std::uint32_t file = 0; file < describer.files().count(); ++file) {
        SHARDLENS_CHECK(context.checkStop());
        ranges.settle(file);
    }
    return {};
}

void checkNames(Describer& describer, CheckpointBuilder& builder, const std::vector<TreeName>& names) {
    std::string listed;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    Location where;
    for (const TreeName& name : names) {
        if (name.kind != NameKind::File)
            continue;
        if (name.name == ".metadata.tmp") {
            Location there;
            there.file = name.name;
            builder.addFinding(rules::dcp::TemporaryLeft, {}, there);
        }
        if (!name.name.ends_with(".distcp") || describer.files().knows(name.name))
            continue;
        if (count++ == 0)
            where.file = name.name;
        bytes += name.bytes;
        if (count <= MaxNamedFiles)
            listed += (listed.empty() ? "" : ", ") + name.name;
        else if (count == MaxNamedFiles + 1)
            listed += ", …";
    }
    if (count > 0)
        builder.addFinding(rules::dcp::StaleFiles, {count, listed, Bytes{bytes}}, where);
}

} // namespace shardlens::dcp
