// SPDX-License-Identifier: Apache-2.0
#include "ui/models/compare_rows.h"

#include <algorithm>

namespace shardlens::ui {

namespace {

using Bits = std::vector<std::uint64_t>;

bool has(const Bits& bits, TensorId id) {
    return bits.empty() || (id.valid() && (bits[id.index() / 64] >> id.index() % 64 & 1) != 0);
}

Result<Bits> bitsOf(const Filter& filter, const Checkpoint& checkpoint, const JobContext& context) {
    if (filter.matchesAll())
        return Bits();
    return filter.apply(checkpoint, context);
}

/// What a column sorts by; higher is more of it.
double keyOf(const CompareResult& result, CompareClass which, std::uint32_t place, CompareColumn column) {
    const auto& found = result.comparison;
    if (which == CompareClass::Different) {
        const Difference& difference = found.different[place];
        switch (column) {
        case CompareColumn::MaxDifference:
            return difference.valuesCompared ? difference.maxAbs : -1;
        case CompareColumn::Values:
            return difference.valuesCompared ? double(difference.count) : -1;
        case CompareColumn::Share:
            return difference.valuesCompared
                       ? double(difference.count) /
                             double(std::max<std::uint64_t>(
                                 1, result.a.checkpoint->tensor(difference.a).elements()))
                       : -1;
        case CompareColumn::Where:
            return difference.valuesCompared ? -double(difference.first) : -1e300;
        default:
            break;
        }
    }
    if (column != CompareColumn::Type)
        return 0;
    const auto [a, b] = tensorsAt(found, which, place);
    return double(a.valid() ? result.a.checkpoint->tensor(a).bytes()
                            : result.b.checkpoint->tensor(b).bytes());
}

} // namespace

std::size_t classSize(const Comparison& comparison, CompareClass which) {
    switch (which) {
    case CompareClass::Different:
        return comparison.different.size();
    case CompareClass::OnlyA:
        return comparison.onlyA.size();
    case CompareClass::OnlyB:
        return comparison.onlyB.size();
    case CompareClass::Same:
        break;
    }
    return comparison.same.size();
}

std::pair<TensorId, TensorId> tensorsAt(const Comparison& comparison, CompareClass which,
                                        std::uint32_t place) {
    switch (which) {
    case CompareClass::Different:
        return {comparison.different[place].a, comparison.different[place].b};
    case CompareClass::OnlyA:
        return {comparison.onlyA[place], TensorId()};
    case CompareClass::OnlyB:
        return {TensorId(), comparison.onlyB[place]};
    case CompareClass::Same:
        break;
    }
    return comparison.same[place];
}

Result<CompareRowsPtr> arrange(const CompareResult& result, const Filter& filter, CompareColumn column,
                               bool descending, const JobContext& context) {
    SHARDLENS_TRY(const auto inA, bitsOf(filter, *result.a.checkpoint, context));
    SHARDLENS_TRY(const auto inB, bitsOf(filter, *result.b.checkpoint, context));
    auto rows = std::make_shared<CompareRows>();
    for (std::size_t i = 0; i < CompareClassCount; ++i) {
        const auto which = static_cast<CompareClass>(i);
        SHARDLENS_CHECK(context.checkStop());
        struct Key {
            double key;
            std::uint32_t position, place;
        };
        std::vector<Key> keys;
        for (std::uint32_t place = 0; place < classSize(result.comparison, which); ++place) {
            const auto [a, b] = tensorsAt(result.comparison, which, place);
            if (!filter.matchesAll() && !(a.valid() && has(inA, a)) && !(b.valid() && has(inB, b)))
                continue;
            // Tensors come first among a tree's items, under their own numbers.
            const auto position =
                a.valid() ? result.a.names->position(a.value()) : result.b.names->position(b.value());
            keys.push_back({keyOf(result, which, place, column), position, place});
        }
        SHARDLENS_CHECK(context.checkStop());
        const bool byName = column == CompareColumn::Name;
        std::ranges::sort(keys, [&](const Key& x, const Key& y) {
            if (byName)
                return descending ? x.position > y.position : x.position < y.position;
            if (x.key != y.key)
                return descending ? x.key > y.key : x.key < y.key;
            return x.position < y.position;
        });
        rows->items[i].reserve(keys.size());
        for (const Key& key : keys)
            rows->items[i].push_back(key.place);
    }
    return rows;
}

} // namespace shardlens::ui
