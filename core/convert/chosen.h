// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "convert/plan.h"
#include "model/columns.h"
#include "model/dtype.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shardlens::convert {

/// A tensor that will be written, under its final name and dtype.
struct Chosen {
    TensorId tensor;
    std::string name;
    DType dtype = DType::Unknown; ///< as written
    std::uint64_t bytes = 0;      ///< as written
};

/// What goes into the output, in the source's order, before it is laid out in files.
struct Choice {
    std::vector<Chosen> tensors;
    std::vector<Alias> aliases; ///< final names
    std::vector<Skipped> skipped;
    std::vector<std::pair<std::string, std::string>> renamed;
    std::vector<std::string> cast;
    Findings notes;
};

/// The first names of many, for a message.
std::string firstNames(const std::vector<std::string>& names, std::size_t most = 64);

} // namespace shardlens::convert
