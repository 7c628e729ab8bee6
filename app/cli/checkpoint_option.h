// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "query/filter.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace shardlens::cli {

/// PATH with --part and --variant.
struct PathOption {
    std::string path;
    Choice choice;

    void declare(CLI::App& app);
};

/// [FILTER], one or several words of the filter language.
struct FilterOption {
    std::vector<std::string> words;

    void declare(CLI::App& app);
    Result<Filter> parse() const;
};

/// The tensors that a filter lets through, in the checkpoint's order.
Result<std::vector<TensorId>> selectTensors(const Checkpoint& checkpoint, const Filter& filter,
                                            const JobContext& context);

} // namespace shardlens::cli
