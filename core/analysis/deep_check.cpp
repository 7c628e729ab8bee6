// SPDX-License-Identifier: Apache-2.0
#include "analysis/deep_check.h"

#include "analysis/checksum_scan.h"
#include "analysis/model_statistics.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace shardlens {

namespace {

Result<Findings> checkValues(const CheckpointPtr& checkpoint, const JobContext& context) {
    std::vector<TensorId> tensors;
    for (std::uint32_t i = 0; i < checkpoint->tensorCount(); ++i)
        if (checkpoint->tensor(TensorId(i)).readable())
            tensors.emplace_back(i);
    return modelStatistics(checkpoint, tensors, {.bins = 1}, context,
                           [](std::size_t, const TensorStatistics&) {});
}

} // namespace

Result<Findings> deepCheck(const CheckpointPtr& checkpoint, const JobContext& context) {
    if (const auto bytes = checksumBytes(*checkpoint); bytes > 0)
        context.begin("checking stored sums", bytes);
    SHARDLENS_TRY(auto findings, verifyChecksums(checkpoint, context));
    SHARDLENS_TRY(auto found, checkValues(checkpoint, context));
    std::move(found.begin(), found.end(), std::back_inserter(findings));
    return findings;
}

} // namespace shardlens
