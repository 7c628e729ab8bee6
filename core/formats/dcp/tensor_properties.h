// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/pickle.h"
#include "model/columns.h"
#include "model/dtype.h"

#include <optional>
#include <string>
#include <vector>

namespace shardlens::dcp {

/// TensorProperties: what PyTorch keeps of a tensor beside its size.
struct TensorProperties {
    DType dtype = DType::Unknown;
    std::string dtypeName;   ///< as torch names it, without `torch.`
    std::vector<Fact> facts; ///< requires_grad, layout, memory_format, pin_memory
};

/// Its state is a tuple (dtype, layout, requires_grad, memory format, pin_memory), or a dict with these
/// names. What it does not say is left out.
TensorProperties readProperties(const pickle::Pickle& pickle, pickle::Node object);

} // namespace shardlens::dcp
