// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace shardlens::cli {

/// Exit statuses of every command; scripts rely on them.
enum ExitStatus : int {
    Done = 0,       ///< done, no error-level finding, compared equal
    Differs = 1,    ///< error-level findings, a refused archive, a difference, tensors that could not be read
    CannotOpen = 2, ///< cannot be opened, a blocked plan, wrong usage
    Failed = 3,     ///< a conversion or its verification failed while running
    Cancelled = 130, ///< Ctrl-C
};

} // namespace shardlens::cli
