// SPDX-License-Identifier: Apache-2.0
#include "app/cli/checkpoint_option.h"

#include <CLI/CLI.hpp>

namespace shardlens::cli {

void PathOption::declare(CLI::App& app) {
    app.add_option("PATH", path, "A file, a folder, an index or any one shard")->required();
    app.add_option("--part", choice.part,
                   "Which part, where a folder holds several (model, optim, a component)")
        ->type_name("NAME");
    app.add_option("--variant", choice.variant, "Which variant of the weights (fp16)")->type_name("NAME");
}

void FilterOption::declare(CLI::App& app) {
    app.add_option(
        "FILTER", words,
        "Names as substrings or globs, =exact, dtype:bf16, shape:[*,4096], dims>1, rank:0, size>10M, "
        "params>1e6, file:00003, slices>1, has:finding; put -- before a filter that begins with -");
}

Result<Filter> FilterOption::parse() const {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word;
    return Filter::parse(text);
}

Result<std::vector<TensorId>> selectTensors(const Checkpoint& checkpoint, const Filter& filter,
                                            const JobContext& context) {
    SHARDLENS_TRY(const auto bits, filter.apply(checkpoint, context));
    std::vector<TensorId> out;
    for (std::uint32_t i = 0; i < checkpoint.tensorCount(); ++i)
        if ((bits[i / 64] >> i % 64 & 1) != 0)
            out.push_back(TensorId(i));
    return out;
}

} // namespace shardlens::cli
