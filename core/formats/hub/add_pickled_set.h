// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/hub/weight_sets.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"
#include "model/checkpoint_builder.h"

#include <cstddef>
#include <memory>
#include <string>

namespace shardlens::hub {

/// What became of a set of pickles.
struct AddedPickles {
    std::size_t files = 0;                            ///< that were read
    std::string writer;                               ///< of the first file
    Value metadata;                                   ///< the index's, or Null
    std::shared_ptr<const CheckpointBackend> backend; ///< answers for them and for side files
};

/// Reads the files of a set in parallel and adds their tensors, values and findings; what is missing or
/// cannot be read is a finding.
Result<AddedPickles> addPickledSet(CheckpointBuilder& builder, const FileTree& folder, const WeightSet& set,
                                   const JobContext& context);

} // namespace shardlens::hub
