// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace shardlens::test {

/// What became of work in a process of its own.
struct ChildOutcome {
    bool started = false; ///< false: the system does not allow such a process here
    int status = -1;      ///< what the work returned; -1 where a signal ended it
    int signal = 0;
    std::uint64_t peakBytes = 0; ///< of resident memory
};

/// Runs the work in a child process.
ChildOutcome runInChild(const std::function<int()>& work);

/// The same in a jail: the kernel kills the child (SIGSYS) when it starts a program or a process, opens a
/// file for writing, changes a folder, or makes a socket. Threads and reading are allowed.
ChildOutcome runInJail(const std::function<int()>& work);

} // namespace shardlens::test
