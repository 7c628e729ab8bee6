// SPDX-License-Identifier: Apache-2.0
#include "convert/writer.h"

#include "convert/piece_filler.h"
#include "convert/work_queue.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <memory>

namespace shardlens::convert {

namespace {

/// A number of bytes that holds whole elements of any dtype, and whole pages.
constexpr std::uint64_t WholeElements = 3 * 4096;

/// What even a slow disk writes in a moment.
constexpr std::uint64_t WriteBackStep = 4 * 1024 * 1024;

class Worker {
public:
    Worker(const Plan& plan, WorkQueue& queue, const WriteTo& to, bool sync, const std::atomic<bool>& failed,
           const JobContext& context)
        : m_queue(queue)
        , m_to(to)
        , m_filler(plan, context)
        , m_failed(failed)
        , m_context(context)
        , m_sync(sync) {}

    Result<void> run() {
        while (!m_failed.load(std::memory_order_relaxed)) {
            SHARDLENS_CHECK(m_context.checkStop());
            SHARDLENS_TRY(const auto task, m_queue.next());
            if (!task)
                return {};
            SHARDLENS_CHECK(work(*task));
        }
        return {};
    }

    std::uint64_t castOverflows() const { return m_filler.castOverflows(); }

private:
    Result<void> work(const Task& task) {
        if (!task.forwards)
            return segment(task, task.begin, task.end);
        const auto step = m_queue.segmentBytes() / WholeElements * WholeElements;
        for (auto begin = task.begin; begin != task.end;) {
            SHARDLENS_CHECK(m_context.checkStop());
            const auto end = std::min(begin + step, task.end);
            SHARDLENS_CHECK(segment(task, begin, end));
            begin = end;
        }
        return {};
    }

    Result<void> segment(const Task& task, std::uint64_t begin, std::uint64_t end) {
        const auto bytes = buffer(static_cast<std::size_t>(end - begin));
        const auto& pieces = task.output->planned->pieces;
        for (auto i = task.firstPiece; i != task.lastPiece; ++i) {
            const auto& piece = pieces[i];
            const auto from = std::max(begin, piece.offset), to = std::min(end, piece.offset + piece.length);
            const auto part =
                bytes.subspan(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from));
            SHARDLENS_CHECK(m_filler.fill(piece, from - piece.offset, part, task.reader.get()));
        }
        auto& output = *task.output;
        if (output.sums)
            output.sums->add(begin, bytes);
        SHARDLENS_CHECK(output.file->writeAt(begin, bytes));
        if (m_sync) // so that little is left for the end
            output.file->startWriteBack(begin, end - begin);
        m_context.add(end - begin);
        if (output.left.fetch_sub(end - begin) == end - begin)
            return finish(output);
        return {};
    }

    Result<void> finish(OpenOutput& output) {
        if (output.sums)
            SHARDLENS_CHECK(output.sums->finish(*output.file));
        if (m_sync)
            SHARDLENS_CHECK(reachDisk(output));
        SHARDLENS_CHECK(output.file->close(m_sync));
        return m_to.closed ? m_to.closed(*output.planned) : Result<void>();
    }

    /// fsync cannot be interrupted, and a file may be larger than a disk writes in 200 ms.
    Result<void> reachDisk(const OpenOutput& output) const {
        const auto bytes = output.planned->bytes;
        for (std::uint64_t at = 0; at < bytes; at += WriteBackStep) {
            SHARDLENS_CHECK(m_context.checkStop());
            SHARDLENS_CHECK(output.file->waitForWriteBack(at, std::min(WriteBackStep, bytes - at)));
        }
        return {};
    }

    std::span<std::byte> buffer(std::size_t bytes) {
        if (m_size < bytes) {
            m_buffer = std::make_unique_for_overwrite<std::byte[]>(bytes);
            m_size = bytes;
        }
        return {m_buffer.get(), bytes};
    }

    WorkQueue& m_queue;
    const WriteTo& m_to;
    PieceFiller m_filler;
    const std::atomic<bool>& m_failed;
    const JobContext& m_context;
    bool m_sync;
    std::unique_ptr<std::byte[]> m_buffer;
    std::size_t m_size = 0;
};

} // namespace

Result<Written> writeFiles(const Plan& plan, const std::vector<const PlannedFile*>& files, const WriteTo& to,
                           bool sync, const JobContext& context) {
    Written written;
    for (const auto* file : files)
        written.bytes += file->bytes;
    context.begin("writing", written.bytes);
    WorkQueue queue(plan, files, to.create, context);
    std::atomic<bool> failed{false};
    std::atomic<std::uint64_t> overflows{0};
    SHARDLENS_CHECK(parallelFor(context, context.threadCount(), [&](std::size_t) -> Result<void> {
        Worker worker(plan, queue, to, sync, failed, context);
        auto result = worker.run();
        overflows += worker.castOverflows();
        if (!result)
            failed = true;
        return result;
    }));
    SHARDLENS_CHECK(context.checkStop());
    written.castOverflows = overflows;
    return written;
}

Result<Written> writeFiles(const Plan& plan, const std::vector<const PlannedFile*>& files,
                           StagedOutput& staged, bool sync, const JobContext& context) {
    const auto create = [&staged](const PlannedFile& file) {
        return staged.create(file.path, file.bytes);
    };
    return writeFiles(plan, files, WriteTo{create, {}}, sync, context);
}

} // namespace shardlens::convert
