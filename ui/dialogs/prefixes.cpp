// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/prefixes.h"

#include <array>
#include <string_view>

namespace shardlens::ui {

namespace {

/// Distributed wrappers, torch.compile, trainers: none of them belongs to the
/// model's own names. `model.` does in most Hugging Face layouts, and there
/// other names stand beside it.
constexpr std::array<std::string_view, 5> Wrappers{"module.", "_orig_mod.", "state_dict.", "model.", "app."};
constexpr std::array<std::string_view, 3> Optimizer{"optim.", "optimizer.", "optimizer_states."};

bool isOptimizer(std::string_view name) {
    for (const std::string_view prefix : Optimizer)
        if (name.starts_with(prefix))
            return true;
    return false;
}

} // namespace

std::optional<SharedPrefix> sharedPrefix(const Checkpoint& checkpoint) {
    std::string_view shared;
    std::uint64_t count = 0;
    for (std::uint32_t id = 0; id < checkpoint.tensorCount(); ++id) {
        const std::string_view name = checkpoint.tensor(TensorId(id)).name();
        if (isOptimizer(name))
            continue;
        if (shared.empty())
            for (const std::string_view prefix : Wrappers)
                if (name.starts_with(prefix))
                    shared = prefix;
        if (shared.empty() || !name.starts_with(shared))
            return std::nullopt;
        ++count;
    }
    if (count == 0)
        return std::nullopt;
    return SharedPrefix{std::string(shared), count};
}

} // namespace shardlens::ui
