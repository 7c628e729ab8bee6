// SPDX-License-Identifier: Apache-2.0
#include "convert/work_queue.h"

#include <algorithm>

namespace shardlens::convert {

namespace {

/// Large enough that calls cost nothing, small enough that what was read is still in the L2 cache when it is
/// written.
constexpr std::uint64_t LargestSegment = 1024 * 1024;
constexpr std::uint64_t SmallestSegment = 64 * 1024;

} // namespace

WorkQueue::WorkQueue(const Plan& plan, std::vector<const PlannedFile*> files, Create create,
                     const JobContext& context)
    : m_plan(plan)
    , m_create(std::move(create))
    , m_context(context) {
    // A worker holds a segment as read, one as cast, and TensorReader's block.
    const auto share = context.memory / (4 * std::uint64_t{std::max(1u, context.threadCount())});
    m_segment = std::clamp(share, SmallestSegment, LargestSegment);
    for (const auto* file : files) {
        auto output = std::make_unique<OpenOutput>();
        output->planned = file;
        output->left = file->bytes;
        output->sums = FileSums::of(*file);
        m_outputs.push_back(std::move(output));
    }
}

/// Goes to the next piece that has bytes; creates the file where it is the first of one. False at the end.
Result<bool> WorkQueue::enter() {
    while (m_file != m_outputs.size()) {
        auto& output = *m_outputs[m_file];
        if (!output.file) {
            SHARDLENS_TRY(output.file, m_create(*output.planned));
        }
        if (m_piece != output.planned->pieces.size())
            return true;
        m_piece = 0;
        ++m_file;
    }
    return false;
}

Result<std::optional<Task>> WorkQueue::next() {
    const std::lock_guard lock(m_mutex);
    SHARDLENS_TRY(const bool more, enter());
    if (!more)
        return std::nullopt;
    const auto& piece = m_outputs[m_file]->planned->pieces[m_piece];
    if (m_done == 0 && piece.length <= m_segment)
        return fromSmall();
    SHARDLENS_TRY(auto task, fromLarge(piece));
    return task;
}

Task WorkQueue::fromSmall() {
    auto& output = *m_outputs[m_file];
    const auto& pieces = output.planned->pieces;
    Task task{&output, pieces[m_piece].offset, 0, m_piece, m_piece, nullptr, false};
    while (task.lastPiece != pieces.size() &&
           pieces[task.lastPiece].offset + pieces[task.lastPiece].length - task.begin <= m_segment)
        ++task.lastPiece;
    task.end = pieces[task.lastPiece - 1].offset + pieces[task.lastPiece - 1].length;
    m_piece = task.lastPiece;
    return task;
}

/// Segments end at multiples of their size in the file where elements allow it, so that no two workers write
/// one page.
std::uint64_t WorkQueue::segmentEnd(const Piece& piece, std::uint64_t step) const {
    const auto from = piece.offset + m_done;
    const auto even = (from / step + 1) * step - piece.offset;
    const auto* tensor = std::get_if<TensorRange>(&piece.what);
    const auto bits = tensor != nullptr ? std::uint64_t{bitsOf(tensor->dtype)} : 8;
    const bool whole = bits % 8 == 0 && even % (bits / 8) == 0;
    // Otherwise ends are counted from the piece's beginning, in eights of elements: whole bytes of any dtype.
    const auto counted = std::max(step / bits, std::uint64_t{1}) * bits;
    return std::min(whole ? even : (m_done / counted + 1) * counted, piece.length);
}

Result<Task> WorkQueue::fromLarge(const Piece& piece) {
    auto& output = *m_outputs[m_file];
    auto step = m_segment;
    bool forwards = false;
    if (const auto* tensor = std::get_if<TensorRange>(&piece.what)) {
        if (!m_reader) {
            SHARDLENS_TRY(m_reader,
                          TensorReader::open(m_plan.sources[tensor->source], tensor->tensor, m_context));
        }
        const auto preferred = m_reader->preferredRange() * bitsOf(tensor->dtype) / 8;
        const auto most = std::max(
            m_context.memory / (4 * std::uint64_t{std::max(1u, m_context.threadCount())}), SmallestSegment);
        step = std::max(m_segment, std::min(preferred, most) / 4096 * 4096);
        forwards = !m_reader->randomAccess();
    }
    const auto end = forwards ? piece.length : segmentEnd(piece, step);
    Task task{&output, piece.offset + m_done, piece.offset + end, m_piece, m_piece + 1, m_reader, forwards};
    m_done = end;
    if (end == piece.length) {
        m_done = 0;
        ++m_piece;
        m_reader.reset();
    }
    return task;
}

} // namespace shardlens::convert
