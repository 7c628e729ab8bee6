// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/output.h"
#include "app/cli/run.h"

#include <nlohmann/json.hpp>

#include <stop_token>
#include <string>
#include <vector>

namespace shardlens::test {

/// A sink in memory that can claim to be a terminal or fail.
class MemorySink : public cli::Sink {
public:
    int write(std::string_view piece) override {
        if (failure != 0)
            return failure;
        text += piece;
        return 0;
    }
    bool isTerminal() const override { return terminal; }

    std::string text;
    bool terminal = false;
    int failure = 0;
};

struct CliResult {
    int status = -1;
    std::string out, err;

    /// The document on standard output; discarded (is_discarded) where it is not exactly one.
    nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

/// Runs a command in this process.
inline CliResult runCli(const std::vector<std::string>& arguments, std::stop_token stop = {}) {
    MemorySink out, err;
    const int status = cli::run(arguments, out, err, std::move(stop));
    return {status, out.text, err.text};
}

} // namespace shardlens::test
