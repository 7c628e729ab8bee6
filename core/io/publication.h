// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/folder_ops.h"
#include "io/staged_output.h"

#include <string>
#include <vector>

namespace shardlens {

/// Moves files from a staging folder to a target folder one by one, in order. What was moved is moved back
/// where a later one fails, as far as the file system can.
class Publication {
public:
    Publication(int staged, int target, StagingOptions options)
        : m_staged(staged)
        , m_target(target)
        , m_options(options) {}

    Result<void> run(const std::vector<std::string>& paths);

private:
    struct Move {
        Place from, to;
        Moved how = Moved::Placed;
    };

    Result<void> checkNames(const std::vector<std::string>& paths) const;
    Result<void> moveOne(const std::string& path);
    Result<void> syncTarget() const;
    void takeBack();

    int m_staged;
    int m_target;
    StagingOptions m_options;
    std::vector<Move> m_moves;
    std::vector<std::string> m_madeFolders;
};

} // namespace shardlens
