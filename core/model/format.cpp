// SPDX-License-Identifier: Apache-2.0
#include "model/format.h"

#include <array>
#include <cstddef>

namespace shardlens {

namespace {

struct Names {
    std::string_view id, title;
};

constexpr std::array<Names, 8> names{{{"safetensors", "safetensors"},
                                      {"sharded-safetensors", "safetensors, sharded"},
                                      {"dcp-safetensors", "safetensors slices (PyTorch DCP)"},
                                      {"dcp", "PyTorch DCP"},
                                      {"torch", "PyTorch"},
                                      {"sharded-torch", "PyTorch, sharded"},
                                      {"dduf", "DDUF"},
                                      {"diffusers", "Diffusers"}}};

} // namespace

std::string_view formatId(Format format) {
    return names[static_cast<std::size_t>(format)].id;
}

std::string_view formatTitle(Format format) {
    return names[static_cast<std::size_t>(format)].title;
}

} // namespace shardlens
