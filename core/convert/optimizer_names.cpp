// SPDX-License-Identifier: Apache-2.0
#include "convert/optimizer_names.h"

#include <algorithm>
#include <array>

namespace shardlens::convert {

bool isOptimizerName(std::string_view name) {
    static constexpr std::array<std::string_view, 9> Roots{"optim",
                                                           "optimizer",
                                                           "optimizers",
                                                           "optim_state",
                                                           "optimizer_state",
                                                           "optimizer_states",
                                                           "optimizer_state_dict",
                                                           "optim_state_dict",
                                                           "chained_optimizer"};
    static constexpr std::array<std::string_view, 7> States{"exp_avg",         "exp_avg_sq", "max_exp_avg_sq",
                                                            "momentum_buffer", "fp32_param", "master_param",
                                                            "acc_delta"};
    static constexpr std::array<std::string_view, 2> Numbered{"optimizer_", "optim_"}; // Lightning, torchtune
    if (name.starts_with("app.")) // a program's whole state as one Stateful
        name.remove_prefix(4);
    const auto isNumbered = [](std::string_view part) {
        return std::ranges::any_of(Numbered, [part](std::string_view prefix) {
            return part.size() > prefix.size() && part.starts_with(prefix) &&
                   part.find_first_not_of("0123456789", prefix.size()) == std::string_view::npos;
        });
    };
    std::size_t begin = 0;
    for (bool first = true; begin <= name.size(); first = false) {
        const auto end = std::min(name.find('.', begin), name.size());
        const auto part = name.substr(begin, end - begin);
        if ((first && (isNumbered(part) || std::ranges::find(Roots, part) != Roots.end())) ||
            std::ranges::find(States, part) != States.end())
            return true;
        begin = end + 1;
    }
    return false;
}

} // namespace shardlens::convert
