// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/dcp/item_source.h"
#include "formats/pickle/pickle.h"
#include "formats/torch/tensor_recipe.h"
#include "jobs/job_context.h"
#include "model/payload.h"

#include <cstdint>

namespace shardlens::dcp {

/// A lone tensor's torch.save archive, opened.
struct TensorItem {
    pickle::PicklePtr pickle; ///< keeps the recipe's texts
    torch::TensorRecipe recipe;
    ByteOrder order = ByteOrder::Little;
    std::uint64_t dataBegin = 0; ///< of the storage, in the decoded item
    std::uint64_t dataBytes = 0; ///< of the storage
};

/// Reads what lies before the tensor's data: in the usual layout from one read of a few KiB, which verifies
/// each local header on its way; in any other from the archive's directory. Fails with `torch.…`, `zip.…`,
/// `pickle.…` or `io.…`.
Result<TensorItem> readTensorItem(const ItemPlace& place, const JobContext& context);

/// How the item's elements lie in the file, checked against the storage's size.
Result<Payload> payloadOf(const TensorItem& item, const ItemPlace& place, FileId file);

} // namespace shardlens::dcp
