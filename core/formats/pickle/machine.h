// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/pickle/opcodes.h"
#include "formats/pickle/parse.h"
#include "formats/pickle/pickle.h"
#include "jobs/job_context.h"
#include "model/hash.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shardlens::pickle {

/// Runs the opcodes of one pickle into an arena. It has no way to import, call or construct anything: what it
/// can do is push words, move them into containers and note names.
///
/// Steps return false after refuse(); the loop ends there. Every step is constant time per byte that it reads
/// or value that it moves, so that the look at the stop token every MiB of input comes soon.
class Machine {
public:
    Machine(Input input, const JobContext& context, bool reportProgress);
    Result<PicklePtr> run();

private:
    // machine.cpp: the loop
    bool step(Op op);
    bool stepRare(Op op);
    bool between();
    bool finish();

    // machine_input.cpp: bytes of the source
    std::size_t remaining() const { return static_cast<std::size_t>(m_end - m_at); }
    bool need(std::uint64_t bytes);
    bool needClaimed(std::uint64_t bytes);
    template <typename T>
    bool number(T& value);
    bool line(std::string_view& text);
    std::uint64_t offsetOf(const std::byte* at) const { return static_cast<std::uint64_t>(at - m_begin); }

    // machine_input.cpp: texts and numbers
    bool pushStored(Tag shortTag, Tag longTag, std::uint64_t length);
    bool pushRange(Tag shortTag, Tag longTag, std::uint64_t offset, std::uint64_t length);
    bool pushPooled(Tag shortTag, Tag longTag, std::string_view text);
    template <typename Length>
    bool pushCounted(Tag shortTag, Tag longTag);
    bool pushInteger(std::int64_t value);
    bool pushLong(std::uint64_t length);
    bool pushDecimal();
    bool pushInt();
    bool pushFloat(double value);
    bool pushBinFloat();
    bool pushFloatLine();
    bool pushQuoted();
    bool pushRawUnicode();

    // machine_stack.cpp
    bool push(Node node);
    bool needValues(std::size_t count);
    bool setMark();
    /// The values above the last mark, which is removed; they stay in place until the next push.
    bool popMark(std::span<Node>& values);
    bool pop();
    bool duplicate();
    bool put(std::uint64_t index);
    bool memoize() { return needValues(1) && put(m_memoCount); }
    bool get(std::uint64_t index);
    bool memoIndexLine(std::uint64_t& index);

    // machine_objects.cpp
    std::uint64_t allocate(std::size_t words); ///< a place; 0 after a refusal
    bool pushContainer(Tag tag);
    bool pushTuple(Tag tag, std::span<const Node> values);
    bool tupleOfTop(std::size_t count);
    bool append(Node container, std::span<const Node> values);
    bool grow(std::uint64_t place, std::size_t more);
    bool appendTop(std::size_t count, Op op);
    bool appendMarked(Op op);
    bool appendTo(Node target, std::span<const Node> values, bool pairs);
    bool listOrDict(Tag tag);
    std::uint64_t extraOf(Node object);
    Node makeObject(Pickle::Form form, Node callable, Node args);
    bool reduce();
    bool newObject(bool extended);
    bool build();
    bool inst();
    bool obj();
    bool persistent(Node id);
    bool globalLines(Node& global);
    bool stackGlobal();
    bool intern(std::string_view module, std::string_view name, Node& global);
    void noteCall(Node callable, Node args);
    bool readonlyBuffer();

    bool refuse(const Rule& rule, Args args = {});
    bool refuseMemory();
    std::string opName() const { return std::string(opcodeName(static_cast<std::uint8_t>(*m_opAt))); }

    /// Seeded: names are the file's choice, and none must collide on purpose.
    struct TextHash {
        std::size_t operator()(const std::string& text) const { return seededHash(text.data(), text.size()); }
    };

    Input m_input;
    const JobContext& m_context;
    const Limits& m_limits;
    bool m_reportProgress;
    std::shared_ptr<Pickle> m_pickle;
    Arena& m_arena;
    Budget m_budget;

    const std::byte* m_begin;
    const std::byte* m_at;
    const std::byte* m_end;
    const std::byte* m_pauseAt; ///< where to look at the stop token next
    const std::byte* m_reported;
    const std::byte* m_opAt;

    Words m_stack;
    Words m_marks; ///< heights of the stack, as bits
    Words m_memo;
    std::size_t m_fence = 0; ///< the height at the last mark: what lies below cannot be popped
    std::uint64_t m_memoCount = 0;
    std::uint64_t m_buffers = 0;
    Node m_emptyTuple;
    bool m_stopped = false;
    std::unordered_map<std::string, std::uint32_t, TextHash> m_globalIds;
    std::uint32_t m_sizeGlobal = ~std::uint32_t{0}; ///< torch.Size, once it was named
    std::optional<Error> m_error;
};

} // namespace shardlens::pickle
