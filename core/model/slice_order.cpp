// SPDX-License-Identifier: Apache-2.0
#include "model/builder_data.h"

#include <algorithm>
#include <compare>
#include <numeric>
#include <utility>

namespace shardlens {

namespace {

using Order = std::vector<std::uint32_t>;

constexpr std::size_t StopInterval = 65'536;

template <typename T>
Result<void> permute(const JobContext& context, std::vector<T>& column, const Order& order) {
    SHARDLENS_CHECK(context.checkStop());
    if (column.empty())
        return {};
    std::vector<T> sorted;
    sorted.reserve(order.size());
    for (const auto from : order)
        sorted.push_back(column[from]);
    column = std::move(sorted);
    return {};
}

void markWholeBoxes(BuilderData& data) {
    auto& slices = data.slices;
    for (std::size_t i = 0; i < data.sliceCount(); ++i) {
        if (slices.box[i] == SliceColumns::WholeBox)
            continue;
        const auto box = data.box(i);
        const bool fromZero =
            std::all_of(box.offset.begin(), box.offset.end(), [](auto at) { return at == 0; });
        if (fromZero && equal(box.size, data.shape(slices.tensor[i])))
            slices.box[i] = SliceColumns::WholeBox;
    }
}

/// Counts each tensor's slices; true where they already stand in the order of tensors.
bool countSlices(BuilderData& data) {
    auto& first = data.tensors.firstSlice;
    first.assign(data.tensorCount() + 1, 0);
    bool inOrder = true;
    std::uint32_t last = 0;
    for (const auto tensor : data.slices.tensor) {
        ++first[tensor + std::size_t{1}];
        inOrder = inOrder && tensor >= last;
        last = tensor;
    }
    std::partial_sum(first.begin(), first.end(), first.begin());
    return inOrder;
}

/// Sorts the slices of each tensor in `order`; true where that moved any.
Result<bool> orderByPlace(const BuilderData& data, Order& order) {
    const auto before = [&data](std::uint32_t a, std::uint32_t b) {
        const auto boxA = data.box(a), boxB = data.box(b);
        const auto byOffset = std::lexicographical_compare_three_way(boxA.offset.begin(), boxA.offset.end(),
                                                                     boxB.offset.begin(), boxB.offset.end());
        return byOffset != 0 ? byOffset < 0 : data.slices.file[a] < data.slices.file[b];
    };
    bool moved = false;
    const auto& first = data.tensors.firstSlice;
    for (std::size_t tensor = 0; tensor < data.tensorCount(); ++tensor) {
        if (tensor % StopInterval == 0)
            SHARDLENS_CHECK(data.context.checkStop());
        const auto begin = order.begin() + first[tensor], end = order.begin() + first[tensor + 1];
        if (end - begin > 1 && !std::is_sorted(begin, end, before)) {
            std::stable_sort(begin, end, before);
            moved = true;
        }
    }
    return moved;
}

} // namespace

Result<void> sortSlices(BuilderData& data) {
    auto& slices = data.slices;
    std::size_t mostDims = 0;
    for (const auto shape : data.tensors.shape)
        mostDims = std::max(mostDims, data.tensors.dims.at(shape).size());
    slices.zero.add(Dims(mostDims, 0));
    markWholeBoxes(data);
    const bool inOrder = countSlices(data);
    if (inOrder && data.sliceCount() <= data.tensorCount() &&
        std::adjacent_find(slices.tensor.begin(), slices.tensor.end()) == slices.tensor.end())
        return {}; // one slice a tensor, as most files have it
    Order order(data.sliceCount());
    if (inOrder) {
        std::iota(order.begin(), order.end(), 0u);
    } else {
        auto next = data.tensors.firstSlice;
        for (std::size_t i = 0; i < order.size(); ++i)
            order[next[slices.tensor[i]]++] = static_cast<std::uint32_t>(i);
    }
    SHARDLENS_TRY(const bool moved, orderByPlace(data, order));
    if (!moved && inOrder)
        return {};
    SHARDLENS_CHECK(permute(data.context, slices.tensor, order));
    SHARDLENS_CHECK(permute(data.context, slices.box, order));
    SHARDLENS_CHECK(permute(data.context, slices.dtype, order));
    SHARDLENS_CHECK(permute(data.context, slices.file, order));
    SHARDLENS_CHECK(permute(data.context, slices.begin, order));
    SHARDLENS_CHECK(permute(data.context, slices.end, order));
    SHARDLENS_CHECK(permute(data.context, slices.detail, order));
    return {};
}

} // namespace shardlens
