// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shardlens::fuzz {

/// An entry point that takes any bytes at all: it returns, or aborts by `require` where something is not as
/// it must be. One file NAME_target.cpp each, which registers itself; a fuzzer `fuzz.NAME` and the test of
/// all targets are made of it.
struct Target {
    std::string_view name;
    void (*run)(std::string_view input);
    std::vector<std::string> seeds; ///< folders below tests/ whose files are a corpus to begin with
};

std::vector<Target>& targets();

struct Registered {
    explicit Registered(Target target);
};

/// Ends the program with `what` on stderr unless `holds`.
void require(bool holds, const char* what);

} // namespace shardlens::fuzz
