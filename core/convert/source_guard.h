// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/plan.h"
#include "io/byte_source.h"

#include <vector>

namespace shardlens::convert {

/// The files that a plan reads. What was read from a file that changed meanwhile is of no state that ever
/// was.
class SourceGuard {
public:
    explicit SourceGuard(const Plan& plan);

    /// Fails with `convert.source-changed` where a file is no longer what it was when it was opened.
    Result<void> check() const;

private:
    std::vector<ByteSourcePtr> m_sources;
};

} // namespace shardlens::convert
