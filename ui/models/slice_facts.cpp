// SPDX-License-Identifier: Apache-2.0
#include "ui/models/slice_facts.h"

#include "base/checked.h"
#include "model/coverage.h"
#include "ui/style/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <numeric>

namespace shardlens::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("slices", text);
}

OwnedBox intersection(const Box& a, const Box& b) {
    OwnedBox out;
    for (std::size_t dim = 0; dim < a.offset.size(); ++dim) {
        const auto begin = std::max(a.offset[dim], b.offset[dim]);
        const auto end = std::min(a.offset[dim] + a.size[dim], b.offset[dim] + b.size[dim]);
        out.offset.push_back(begin);
        out.size.push_back(end > begin ? end - begin : 0);
    }
    return out;
}

void measure(SliceDamage& damage, DType dtype) {
    if (const auto elements = checkedProduct(damage.box.size)) {
        damage.elements = *elements;
        damage.bytes = packedBytes(dtype, *elements);
    }
}

void addDamages(SliceFacts& facts, const CoverageProblems& problems, const std::vector<Box>& boxes,
                DType dtype) {
    facts.missingElements = problems.missingElements;
    for (const auto index : problems.outOfBounds)
        facts.outOfBounds.push_back(static_cast<std::uint32_t>(index));
    for (const auto& [first, second] : problems.overlaps) {
        SliceDamage damage{SliceDamage::Kind::Overlap,
                           intersection(boxes[first], boxes[second]),
                           static_cast<std::uint32_t>(first),
                           static_cast<std::uint32_t>(second),
                           0,
                           {}};
        measure(damage, dtype);
        facts.damages.push_back(std::move(damage));
    }
    for (const auto& hole : problems.holes) {
        SliceDamage damage{SliceDamage::Kind::Hole, {hole.offset, hole.size}, 0, 0, 0, {}};
        measure(damage, dtype);
        facts.damages.push_back(std::move(damage));
    }
}

std::vector<std::uint32_t> copies(const std::vector<Box>& boxes) {
    std::vector<std::uint32_t> order(boxes.size()), copyOf(boxes.size());
    std::iota(order.begin(), order.end(), 0u);
    const auto less = [&](std::uint32_t a, std::uint32_t b) {
        if (!std::ranges::equal(boxes[a].offset, boxes[b].offset))
            return std::ranges::lexicographical_compare(boxes[a].offset, boxes[b].offset);
        return std::ranges::lexicographical_compare(boxes[a].size, boxes[b].size);
    };
    std::ranges::stable_sort(order, less);
    for (std::size_t i = 0; i < order.size(); ++i)
        copyOf[order[i]] = i && !less(order[i - 1], order[i]) ? copyOf[order[i - 1]] : order[i];
    return copyOf;
}

} // namespace

ShardKeys::ShardKeys(const Checkpoint& checkpoint) {
    std::map<std::uint32_t, std::uint32_t> ranks;
    for (std::uint32_t i = 0; i < checkpoint.fileCount(); ++i)
        if (const auto rank = checkpoint.file(FileId(i)).rank)
            ranks.emplace(*rank, 0);
    m_byRank = !ranks.empty();
    for (auto& [rank, key] : ranks)
        key = m_count++;
    if (!m_byRank)
        m_count = checkpoint.fileCount();
    for (std::uint32_t i = 0; i < checkpoint.fileCount(); ++i) {
        const auto rank = checkpoint.file(FileId(i)).rank;
        m_keys.push_back(!m_byRank ? i : rank ? ranks[*rank] : m_count);
    }
}

QString ShardKeys::title(const Checkpoint& checkpoint, FileId file) const {
    if (!file.valid())
        return tr("no file");
    const auto& record = checkpoint.file(file);
    return record.rank ? tr("rank %1").arg(*record.rank) : style::plain(record.path, 96);
}

bool isShort(const Checkpoint& checkpoint, const Slice& slice) {
    if (!slice.file.valid())
        return checkedProduct(slice.box.size).value_or(1) > 0;
    const auto& file = checkpoint.file(slice.file);
    return file.missing || slice.stored.end > file.bytes;
}

Result<SliceFactsPtr> sliceFacts(const Checkpoint& checkpoint, TensorId id, const JobContext& context) {
    auto facts = std::make_shared<SliceFacts>();
    const auto tensor = checkpoint.tensor(id);
    const auto shape = tensor.shape();
    const ShardKeys keys(checkpoint);
    facts->byRank = keys.byRank();
    facts->keyCount = keys.count();
    std::vector<Box> boxes;
    boxes.reserve(tensor.sliceCount());
    std::vector<bool> cut(shape.size());
    for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i) {
        const auto slice = checkpoint.slice(tensor.slice(i));
        boxes.push_back(slice.box);
        facts->key.push_back(keys.of(slice.file));
        facts->short_ += isShort(checkpoint, slice) ? 1 : 0;
        for (std::size_t dim = 0; dim < std::min(shape.size(), slice.box.size.size()); ++dim)
            cut[dim] = cut[dim] || slice.box.size[dim] < shape[dim];
        if (i % 4096 == 0)
            SHARDLENS_CHECK(context.checkStop());
    }
    for (std::uint32_t dim = 0; dim < cut.size(); ++dim)
        if (cut[dim])
            facts->cutDims.push_back(dim);
    facts->copyOf = copies(boxes);
    for (std::uint32_t i = 0; i < boxes.size(); ++i)
        facts->distinct += facts->copyOf[i] == i ? 1 : 0;
    SHARDLENS_CHECK(context.checkStop());
    const bool fits =
        std::ranges::all_of(boxes, [&](const Box& box) { return box.size.size() == shape.size(); });
    if (fits)
        addDamages(*facts, checkCoverage(shape, boxes, SliceFacts::MostDamages), boxes, tensor.dtype());
    return facts;
}

QString sizeText(DimsView size) {
    const auto text = style::shapeText(size);
    return text.mid(1, text.size() - 2);
}

QString cutSentence(const Checkpoint& checkpoint, TensorId id, const SliceFacts& facts) {
    const auto tensor = checkpoint.tensor(id);
    const auto count = tensor.sliceCount();
    if (count == 0)
        return tr("none: the metadata names no bytes for it");
    QStringList parts;
    if (count == 1 && facts.cutDims.empty())
        parts << tr("one, the whole tensor");
    else if (facts.distinct == 1 && count > 1)
        parts << tr("replicated: %1 equal copies").arg(style::grouped(count));
    else
        parts << style::grouped(count);
    auto keys = facts.key;
    std::ranges::sort(keys);
    const auto kinds = std::size_t(std::ranges::unique(keys).begin() - keys.begin());
    if (count > 1 && facts.distinct > 1)
        parts << (kinds == count ? (facts.byRank ? tr("one per rank") : tr("one per file"))
                                 : (facts.byRank ? tr("on %1 ranks") : tr("in %1 files")).arg(kinds));
    if (facts.distinct > 1 && facts.distinct < count)
        parts << tr("%1 of them copies").arg(style::grouped(count - facts.distinct));
    if (facts.cutDims.size() == 1) {
        parts << tr("cut in dimension %1").arg(facts.cutDims.front());
    } else if (facts.cutDims.size() > 1) {
        QStringList dims;
        for (std::size_t i = 0; i < std::min<std::size_t>(facts.cutDims.size(), 4); ++i)
            dims << QString::number(facts.cutDims[i]);
        if (facts.cutDims.size() > 4)
            dims << QStringLiteral("…");
        parts << tr("cut in dimensions %1").arg(dims.join(QStringLiteral(", ")));
    }
    std::size_t overlaps = 0;
    for (const auto& damage : facts.damages)
        overlaps += damage.kind == SliceDamage::Kind::Overlap ? 1 : 0;
    if (facts.complete())
        parts << tr("complete");
    if (facts.missingElements)
        parts << tr("%1 values missing").arg(style::grouped(facts.missingElements));
    if (overlaps)
        parts << tr("%1 overlapping").arg(style::grouped(overlaps));
    if (facts.short_)
        parts << tr("%1 without their bytes").arg(style::grouped(facts.short_));
    return parts.join(QStringLiteral(", "));
}

DamageText damageText(const Checkpoint& checkpoint, TensorId id, const SliceDamage& damage) {
    const auto where = style::indexText(damage.box.offset);
    const auto size = sizeText(damage.box.size);
    if (damage.kind == SliceDamage::Kind::Hole)
        return {tr("Hole at %1, %2").arg(where, size),
                tr("No slice holds these values. The tensor cannot be converted; exclude it, or find the "
                   "missing file.")};
    const auto tensor = checkpoint.tensor(id);
    const auto name = [&](std::uint32_t index) {
        const auto file = checkpoint.slice(tensor.slice(index)).file;
        return file.valid() && checkpoint.file(file).rank ? tr("rank %1").arg(*checkpoint.file(file).rank)
               : file.valid()                             ? style::plain(checkpoint.file(file).path, 96)
                                                          : tr("no file");
    };
    return {tr("Overlap at %1, %2").arg(where, size),
            tr("Slices %1 (%2) and %3 (%4) both claim these values. Which is right cannot be told from the "
               "metadata.")
                .arg(damage.first)
                .arg(name(damage.first))
                .arg(damage.second)
                .arg(name(damage.second))};
}

} // namespace shardlens::ui
