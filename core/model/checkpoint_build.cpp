// SPDX-License-Identifier: Apache-2.0
// The last step of a CheckpointBuilder: order, checks, sums, and the move into the immutable description.
#include "base/checked.h"
#include "model/builder_state.h"
#include "model/rules.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace shardlens {

namespace {

void sortRegions(BuilderData& data) {
    std::stable_sort(data.regions.begin(), data.regions.end(), [](const Region& a, const Region& b) {
        return std::pair(a.file, a.range) < std::pair(b.file, b.range);
    });
}

std::vector<std::uint32_t> regionStarts(const BuilderData& data) {
    std::vector<std::uint32_t> starts(data.files.size() + 1, 0);
    std::size_t region = 0;
    for (std::size_t file = 0; file < data.files.size(); ++file) {
        while (region < data.regions.size() && data.regions[region].file.index() <= file)
            ++region;
        starts[file + 1] = static_cast<std::uint32_t>(region);
    }
    return starts;
}

std::uint64_t addSaturated(std::uint64_t sum, std::optional<std::uint64_t> part) {
    return checkedAdd(sum, part.value_or(0)).value_or(std::numeric_limits<std::uint64_t>::max());
}

template <typename T>
void padTo(std::vector<T>& column, std::size_t size, T value) {
    if (!column.empty())
        column.resize(size, value);
}

void compact(BuilderData& data) {
    auto& tensors = data.tensors;
    const auto count = data.tensorCount();
    padTo(tensors.cuts, count, TensorColumns::DotCuts);
    padTo(tensors.storage, count, TensorColumns::None);
    padTo(tensors.facts, count, TensorColumns::None);
    tensors.names.shrink();
    tensors.dims.freeze();
    tensors.shape.shrink_to_fit();
    tensors.dtype.shrink_to_fit();
    auto& slices = data.slices;
    slices.zero.freeze();
    slices.tensor.shrink_to_fit();
    slices.box.shrink_to_fit();
    slices.dtype.shrink_to_fit();
    slices.file.shrink_to_fit();
    slices.begin.shrink_to_fit();
    slices.end.shrink_to_fit();
    padTo(slices.detail, slices.tensor.size(), 0u);
}

} // namespace

Result<CheckpointPtr> CheckpointBuilder::build() {
    const auto state = std::exchange(m_state, std::make_unique<State>(m_state->context));
    BuilderData& data = *state;
    try {
        if (data.tooManySlices)
            return fail(rules::TooManySlices, {data.context.limits->slices});
        SHARDLENS_CHECK(sortSlices(data));
        SHARDLENS_CHECK(checkSlices(data));
        settleFindings(data);
        sortRegions(data);
        compact(data);
        auto checkpoint = std::shared_ptr<Checkpoint>(new Checkpoint);
        checkpoint->m_regionStart = regionStarts(data);
        for (std::size_t i = 0; i < data.tensorCount(); ++i) {
            const auto elements = checkedProduct(data.shape(i));
            checkpoint->m_parameters = addSaturated(checkpoint->m_parameters, elements);
            if (elements)
                checkpoint->m_bytes =
                    addSaturated(checkpoint->m_bytes, packedBytes(data.tensors.dtype[i], *elements));
        }
        checkpoint->m_facts = std::move(data.facts);
        checkpoint->m_tensors = std::move(data.tensors);
        checkpoint->m_slices = std::move(data.slices);
        checkpoint->m_files = std::move(data.files);
        checkpoint->m_regions = std::move(data.regions);
        checkpoint->m_entries = std::move(data.entries);
        checkpoint->m_aliases = std::move(data.aliases);
        checkpoint->m_verdicts = std::move(data.verdicts);
        checkpoint->m_metadata = std::move(data.metadata);
        checkpoint->m_findings = std::move(data.findings);
        checkpoint->m_backend =
            data.backend ? std::move(data.backend) : std::make_shared<CheckpointBackend>();
        return checkpoint;
    } catch (const std::bad_alloc&) {
        return fail(rules::OutOfMemory, {std::string("the description does not fit")});
    }
}

} // namespace shardlens
