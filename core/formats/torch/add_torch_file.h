// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/torch/torch_backend.h"
#include "formats/torch/torch_file.h"
#include "jobs/job_context.h"
#include "model/checkpoint_builder.h"

#include <memory>
#include <vector>

namespace shardlens::torch {

/// Adds a file's tensors, values, regions and findings to a builder. `backend` answers for their payloads and
/// values and becomes the builder's backend by the caller. Returns the tensors of this file; one that another
/// file holds already is left alone and reported (`torch.name-collision`).
Result<std::vector<TensorId>> addTorchFile(CheckpointBuilder& builder,
                                           const std::shared_ptr<const TorchFile>& file, FileId id,
                                           TorchBackend& backend, const JobContext& context);

} // namespace shardlens::torch
