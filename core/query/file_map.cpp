// SPDX-License-Identifier: Apache-2.0
#include "query/file_map.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace shardlens {

namespace {

using Kind = FileSegment::Kind;

Kind kindOf(Region::Kind kind) {
    switch (kind) {
    case Region::Kind::Header:
        return Kind::Header;
    case Region::Kind::Directory:
        return Kind::Directory;
    case Region::Kind::Record:
        return Kind::Record;
    case Region::Kind::Padding:
        return Kind::Padding;
    case Region::Kind::Entry:
        return Kind::Entry;
    case Region::Kind::Unclaimed:
        break;
    }
    return Kind::Unclaimed;
}

/// Collects what lies in one file, then fills the gaps.
class MapBuilder {
public:
    MapBuilder(const FileMaps& maps, FileId file, std::span<const EntryId> entries)
        : m_maps(maps)
        , m_checkpoint(*maps.checkpoint())
        , m_entries(entries) {
        m_map.file = file;
        m_exists = m_checkpoint.file(file).missing ? 0 : m_checkpoint.file(file).bytes;
    }

    FileMap run() {
        for (const auto slice : m_maps.slices(m_map.file))
            addSlice(slice);
        const auto covered = merged();
        addEntries();
        addRegions(covered);
        sort();
        fillGaps();
        return std::move(m_map);
    }

private:
    /// What lies past the end of the file is a segment of its own.
    void add(FileSegment segment) {
        if (segment.range.empty())
            return;
        if (segment.range.end > m_exists) {
            auto missing = segment;
            missing.kind = Kind::Missing;
            missing.damaged = true;
            missing.range.begin = std::max(segment.range.begin, m_exists);
            m_map.segments.push_back(missing);
            segment.range.end = std::max(segment.range.begin, std::min(segment.range.end, m_exists));
        }
        if (!segment.range.empty())
            m_map.segments.push_back(segment);
    }

    void addSlice(SliceId id) {
        const auto slice = m_checkpoint.slice(id);
        FileSegment segment;
        segment.kind = Kind::Slice;
        segment.range = slice.stored;
        segment.slice = id;
        segment.damaged = !m_checkpoint.tensor(slice.tensor).readable();
        add(segment);
    }

    /// Records enclose slices (a storage in an archive) and other regions (the header of a file in one): only
    /// what neither covers is shown.
    void addRegions(std::span<const ByteRange> slices) {
        const auto regions = m_checkpoint.regions(m_map.file);
        const auto order = outerFirst(regions);
        std::size_t next = 0;
        std::vector<ByteRange> holes;
        for (std::size_t at = 0; at < order.size(); ++at) {
            const auto range = regions[order[at]].range;
            FileSegment segment;
            segment.kind = kindOf(regions[order[at]].kind);
            segment.region = order[at];
            segment.entry = m_entryOfRegion[order[at]];
            while (next < slices.size() && slices[next].end <= range.begin)
                ++next;
            holes.clear();
            for (auto k = next; k < slices.size() && slices[k].begin < range.end; ++k)
                holes.push_back(slices[k]);
            addInner(regions, order, at, holes);
            addAround(segment, range, holes);
        }
    }

    static std::vector<std::uint32_t> outerFirst(std::span<const Region> regions) {
        std::vector<std::uint32_t> order(regions.size());
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            const auto &one = regions[a].range, &other = regions[b].range;
            return one.begin != other.begin ? one.begin < other.begin : one.end > other.end;
        });
        return order;
    }

    /// The regions that lie within the one at `at`; what lies within those is theirs.
    static void addInner(std::span<const Region> regions, const std::vector<std::uint32_t>& order,
                         std::size_t at, std::vector<ByteRange>& holes) {
        const auto outer = regions[order[at]].range;
        const auto slices = holes.size();
        for (auto i = at + 1; i < order.size() && regions[order[i]].range.end <= outer.end;) {
            const auto inner = regions[order[i]].range;
            if (inner.begin >= outer.end || inner.empty())
                break;
            holes.push_back(inner);
            const auto behind = std::partition_point(
                order.begin() + static_cast<std::ptrdiff_t>(i) + 1, order.end(),
                [&](std::uint32_t region) { return regions[region].range.begin < inner.end; });
            i = static_cast<std::size_t>(behind - order.begin());
        }
        const auto middle = holes.begin() + static_cast<std::ptrdiff_t>(slices);
        std::inplace_merge(holes.begin(), middle, holes.end());
    }

    void addAround(FileSegment segment, ByteRange range, std::span<const ByteRange> holes) {
        auto begin = range.begin;
        for (const auto& hole : holes) {
            if (hole.begin > begin) {
                segment.range = {begin, hole.begin};
                add(segment);
            }
            begin = std::max(begin, hole.end);
        }
        if (begin < range.end) {
            segment.range = {begin, range.end};
            add(segment);
        }
    }

    /// The bytes that slices cover, as disjoint ranges in order.
    std::vector<ByteRange> merged() const {
        std::vector<ByteRange> out;
        for (const auto& segment : m_map.segments)
            out.push_back(segment.range);
        std::sort(out.begin(), out.end());
        std::size_t kept = 0;
        for (std::size_t i = 1; i < out.size(); ++i)
            if (out[i].begin <= out[kept].end)
                out[kept].end = std::max(out[kept].end, out[i].end);
            else
                out[++kept] = out[i];
        if (!out.empty())
            out.resize(kept + 1);
        return out;
    }

    /// An entry that lies in a region names it (many values can lie in one pickle); others stand for
    /// themselves.
    void addEntries() {
        const auto regions = m_checkpoint.regions(m_map.file);
        m_entryOfRegion.resize(regions.size());
        ByteRange previous;
        for (const auto id : m_entries) {
            const auto stored = m_checkpoint.entry(id).stored;
            const auto after = std::upper_bound(
                regions.begin(), regions.end(), stored.begin,
                [](std::uint64_t begin, const Region& region) { return begin < region.range.begin; });
            const auto index = static_cast<std::size_t>(after - regions.begin());
            if (index > 0 && stored.end <= regions[index - 1].range.end) {
                if (auto& entry = m_entryOfRegion[index - 1]; !entry.valid())
                    entry = id;
                continue;
            }
            FileSegment segment;
            segment.kind = Kind::Entry;
            segment.range = stored;
            segment.entry = id;
            if (stored != previous)
                add(segment);
            previous = stored;
        }
    }

    void sort() {
        std::sort(m_map.segments.begin(), m_map.segments.end(),
                  [](const FileSegment& a, const FileSegment& b) {
                      return std::pair(a.range.begin, a.range.end) < std::pair(b.range.begin, b.range.end);
                  });
        m_map.bytes = m_exists;
        for (const auto& segment : m_map.segments)
            m_map.bytes = std::max(m_map.bytes, segment.range.end);
    }

    void fillGaps() {
        std::vector<FileSegment> gaps;
        std::uint64_t covered = 0;
        const auto gapTo = [&](std::uint64_t position) {
            if (position > covered) {
                FileSegment gap;
                gap.kind = covered < m_exists ? Kind::Unclaimed : Kind::Missing;
                gap.damaged = gap.kind == Kind::Missing;
                gap.range = {covered, position};
                gaps.push_back(gap);
            }
        };
        for (const auto& segment : m_map.segments) {
            gapTo(segment.range.begin);
            covered = std::max(covered, segment.range.end);
        }
        gapTo(m_exists);
        std::vector<FileSegment> all;
        all.reserve(gaps.size() + m_map.segments.size());
        std::merge(m_map.segments.begin(), m_map.segments.end(), gaps.begin(), gaps.end(),
                   std::back_inserter(all),
                   [](const FileSegment& a, const FileSegment& b) { return a.range.begin < b.range.begin; });
        m_map.segments = std::move(all);
    }

    const FileMaps& m_maps;
    const Checkpoint& m_checkpoint;
    std::span<const EntryId> m_entries;
    std::vector<EntryId> m_entryOfRegion;
    std::uint64_t m_exists = 0; // bytes that the file really has
    FileMap m_map;
};

/// The first byte of column `index` of `count` over `bytes`, without overflow.
std::uint64_t columnBegin(std::uint64_t bytes, std::uint32_t index, std::uint32_t count) {
    return bytes / count * index + bytes % count * index / count;
}

} // namespace

Result<FileMapsPtr> FileMaps::build(CheckpointPtr checkpoint, const JobContext& context) {
    std::shared_ptr<FileMaps> out(new FileMaps);
    const auto files = checkpoint->fileCount();
    out->m_firstSlice.resize(std::size_t{files} + 1);
    out->m_firstEntry.resize(std::size_t{files} + 1);
    const auto collect = [&](std::uint32_t count, auto fileOf, auto& ids,
                             std::vector<std::uint32_t>& first) -> Result<void> {
        using IdType = typename std::decay_t<decltype(ids)>::value_type;
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i % 65536 == 0)
                SHARDLENS_CHECK(context.checkStop());
            if (const FileId file = fileOf(IdType(i)); file.valid())
                ++first[file.index() + 1];
        }
        for (std::size_t f = 0; f < files; ++f)
            first[f + 1] += first[f];
        ids.resize(first.back());
        auto next = first;
        for (std::uint32_t i = 0; i < count; ++i)
            if (const FileId file = fileOf(IdType(i)); file.valid())
                ids[next[file.index()]++] = IdType(i);
        return {};
    };
    SHARDLENS_CHECK(collect(
        checkpoint->sliceCount(), [&](SliceId id) { return checkpoint->slice(id).file; }, out->m_slices,
        out->m_firstSlice));
    SHARDLENS_CHECK(collect(
        checkpoint->entryCount(), [&](EntryId id) { return checkpoint->entry(id).file; }, out->m_entries,
        out->m_firstEntry));
    for (std::size_t f = 0; f < files; ++f) {
        SHARDLENS_CHECK(context.checkStop());
        const auto at = [&](std::size_t i) {
            return out->m_slices.begin() + static_cast<std::ptrdiff_t>(i);
        };
        const auto byBegin = [&](SliceId a, SliceId b) {
            return std::pair(checkpoint->slice(a).stored.begin, a) <
                   std::pair(checkpoint->slice(b).stored.begin, b);
        };
        const auto begin = at(out->m_firstSlice[f]), end = at(out->m_firstSlice[f + 1]);
        if (!std::is_sorted(begin, end, byBegin))
            std::sort(begin, end, byBegin);
    }
    out->m_checkpoint = std::move(checkpoint);
    return out;
}

std::span<const SliceId> FileMaps::slices(FileId file) const {
    const auto first = m_firstSlice[file.index()];
    return std::span(m_slices).subspan(first, m_firstSlice[file.index() + 1] - first);
}

bool FileMaps::names(FileId file) const {
    return m_firstSlice[file.index()] < m_firstSlice[file.index() + 1] ||
           m_firstEntry[file.index()] < m_firstEntry[file.index() + 1] ||
           !m_checkpoint->regions(file).empty();
}

FileMap FileMaps::map(FileId file) const {
    const auto first = m_firstEntry[file.index()];
    return MapBuilder(*this, file,
                      std::span(m_entries).subspan(first, m_firstEntry[file.index() + 1] - first))
        .run();
}

std::vector<FileColumn> FileMap::columns(ByteRange view, std::uint32_t count) const {
    std::vector<FileColumn> out(count);
    if (view.empty() || count == 0)
        return out;
    const auto begins = [&](std::uint32_t i) {
        return view.begin + columnBegin(view.size(), i, count);
    };
    const auto ends = [&](std::uint32_t i) {
        return i + 1 == count ? view.end : std::max(begins(i) + 1, begins(i + 1));
    };
    std::uint32_t first = 0;
    for (std::uint32_t s = 0; s < segments.size() && segments[s].range.begin < view.end; ++s) {
        const auto& segment = segments[s];
        if (segment.range.end <= view.begin)
            continue;
        while (first + 1 < count && ends(first) <= segment.range.begin)
            ++first;
        for (auto c = first; c < count && begins(c) < segment.range.end; ++c) {
            FileColumn& column = out[c];
            if (column.segments++ == 0)
                column.firstSegment = s;
            column.damaged = column.damaged || segment.damaged;
            column.bytes[static_cast<std::size_t>(segment.kind)] +=
                std::min(ends(c), segment.range.end) - std::max(begins(c), segment.range.begin);
        }
    }
    for (auto& column : out)
        column.most = static_cast<FileSegment::Kind>(
            std::max_element(column.bytes.begin(), column.bytes.end()) - column.bytes.begin());
    return out;
}

const FileSegment* FileMap::at(std::uint64_t byte) const {
    auto after = std::upper_bound(segments.begin(), segments.end(), byte,
                                  [](std::uint64_t b, const FileSegment& s) { return b < s.range.begin; });
    while (after != segments.begin()) {
        --after;
        if (byte < after->range.end)
            return &*after;
    }
    return nullptr;
}

} // namespace shardlens
