// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/pickle/pickle.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shardlens::torch {

/// A value of a pickled state that the tree shows as an item of its own.
struct Leaf {
    std::string name;                      ///< the path's parts joined by dots; empty for a lone tensor
    std::vector<std::uint32_t> separators; ///< positions of the dots that separate parts
    pickle::Node node;
    bool tensor = false;
};

/// How a state unfolds.
struct UnfoldOptions {
    bool enterObjects = false; ///< TorchScript: every object is entered through its attributes
};

struct Unfolded {
    std::vector<Leaf> leaves; ///< in the pickle's order
    bool truncated = false;   ///< the limit was reached: shared values can make a small pickle endless
};

/// The items of a state: dicts (plain, ordered, default) are entered unless empty, lists and tuples where a
/// tensor or a dict lies in them, modules through their attributes. A container inside itself is a leaf.
Result<Unfolded> unfold(const pickle::Pickle& pickle, pickle::Node root, const UnfoldOptions& options,
                        const JobContext& context);

} // namespace shardlens::torch
