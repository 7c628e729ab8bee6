// SPDX-License-Identifier: Apache-2.0
#include "model/builder_data.h"

#include <algorithm>

namespace shardlens {

Box BuilderData::box(std::size_t slice) const {
    if (slices.box[slice] == SliceColumns::WholeBox) {
        const auto size = shape(slices.tensor[slice]);
        return {slices.zero.at(0).first(size.size()), size};
    }
    const auto both = tensors.dims.at(slices.box[slice]);
    return {both.first(both.size() / 2), both.subspan(both.size() / 2)};
}

void settleFindings(BuilderData& data) {
    std::stable_sort(data.findings.begin(), data.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity() < b.severity(); });
    auto& problem = data.tensors.problem;
    for (std::size_t i = 0; i < data.findings.size(); ++i) {
        if (data.findings[i].severity() != Severity::Error)
            break;
        for (const auto tensor : data.findings[i].tensors) {
            if (problem.empty())
                problem.assign(data.tensorCount(), TensorColumns::None);
            if (tensor.index() < problem.size() && problem[tensor.index()] == TensorColumns::None)
                problem[tensor.index()] = static_cast<std::uint32_t>(i);
        }
    }
}

} // namespace shardlens
