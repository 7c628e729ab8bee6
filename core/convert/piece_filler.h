// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/plan.h"
#include "data/tensor_reader.h"
#include "jobs/job_context.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace shardlens::convert {

/// Makes the bytes of pieces, for writing and for comparing what was written. One a thread: it keeps its
/// buffer.
class PieceFiller {
public:
    PieceFiller(const Plan& plan, const JobContext& context) : m_plan(plan), m_context(context) {}

    /// Bytes [begin, begin + out.size()) of the piece. They are whole elements. `reader` may be null: the
    /// tensor is opened then.
    Result<void> fill(const Piece& piece, std::uint64_t begin, std::span<std::byte> out,
                      const TensorReader* reader);

    std::uint64_t castOverflows() const { return m_overflows; } ///< so far

private:
    Result<void> fillTensor(const TensorRange& tensor, const TensorReader& reader, std::uint64_t begin,
                            std::span<std::byte> out);

    const Plan& m_plan;
    const JobContext& m_context;
    std::vector<std::byte> m_uncast;
    std::uint64_t m_overflows = 0;
};

} // namespace shardlens::convert
