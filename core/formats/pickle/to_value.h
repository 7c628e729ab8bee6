// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/pickle/pickle.h"
#include "jobs/job_context.h"
#include "model/value.h"
#include "model/value_graph.h"

#include <functional>
#include <optional>
#include <string>

namespace shardlens::pickle {

/// Describes an Object or Persistent that stands for a tensor (`I64 [3]`); nothing where it is none.
using TensorText = std::function<std::optional<std::string>(const Pickle&, Node)>;

struct ToValueOptions {
    TensorText tensor; ///< may be empty: tensors stay objects
};

/// The values below `node` as the model's inert graph. Shared nodes stay shared and cycles stay cycles, so
/// that the result is no larger than the pickle. Well-known classes become what they mean: OrderedDict and
/// its like a Dict with a type name, sets and `_codecs.encode` bytes, complex, dates, paths, torch.dtype,
/// numpy scalars and arrays; everything else is an Object with its parts `args`, `kwargs`, `state`, `items`.
/// Fails with `pickle.too-deep` beyond the depth limit.
Result<Value> toValue(const PicklePtr& pickle, Node node, const JobContext& context,
                      const ToValueOptions& options = {});

/// The same, added to a graph that holds other things too: the graph's node.
Result<std::uint32_t> addToGraph(ValueGraph& graph, const Pickle& pickle, Node node,
                                 const JobContext& context, const ToValueOptions& options = {});

/// Python's name for the node's type as toValue gives it (`int`, `argparse.Namespace`).
std::string typeName(const Pickle& pickle, Node node);

} // namespace shardlens::pickle
