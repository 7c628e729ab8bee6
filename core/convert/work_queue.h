// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/file_sums.h"
#include "convert/plan.h"
#include "data/tensor_reader.h"
#include "io/staged_output.h"
#include "jobs/job_context.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace shardlens::convert {

/// A file of the plan while it is written.
struct OpenOutput {
    const PlannedFile* planned = nullptr;
    std::uint64_t dataBytes = 0;
    std::unique_ptr<OutputFile> file;
    std::atomic<std::uint64_t> left{0}; ///< bytes that nobody has written yet
    std::unique_ptr<FileSums> sums;     ///< null where nothing is summed
};

/// One thing for a worker to do: output bytes [begin, end) of a file, which are those of pieces [firstPiece,
/// lastPiece), or part of one.
struct Task {
    OpenOutput* output = nullptr;
    std::uint64_t begin = 0, end = 0;
    std::size_t firstPiece = 0, lastPiece = 0;
    std::shared_ptr<TensorReader> reader; ///< of a part of one tensor
    bool forwards = false;                ///< the whole of a piece that is read from front to back in steps
};

/// Hands out the plan's bytes in the order of the files, in segments that fit the caches: parts of large
/// pieces, or many small ones together. Safe from many threads.
class WorkQueue {
public:
    using Create = std::function<Result<std::unique_ptr<OutputFile>>(const PlannedFile&)>;

    /// The files live as long as the queue. Outputs are created when their turn comes.
    WorkQueue(const Plan& plan, std::vector<const PlannedFile*> files, Create create,
              const JobContext& context);

    /// Nothing when all is handed out.
    Result<std::optional<Task>> next();
    std::uint64_t segmentBytes() const { return m_segment; }

private:
    Result<bool> enter();
    Result<Task> fromLarge(const Piece& piece);
    Task fromSmall();
    std::uint64_t segmentEnd(const Piece& piece, std::uint64_t step) const;

    const Plan& m_plan;
    Create m_create;
    JobContext m_context;
    std::uint64_t m_segment;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<OpenOutput>> m_outputs;
    std::size_t m_file = 0; // where the next task begins
    std::size_t m_piece = 0;
    std::uint64_t m_done = 0;               // bytes of that piece that are handed out
    std::shared_ptr<TensorReader> m_reader; // of that piece, once it is begun
};

} // namespace shardlens::convert
