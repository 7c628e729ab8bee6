// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/machine.h"

#include "base/checked.h"
#include "formats/pickle/machine_number.h"
#include "formats/pickle/rules.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace shardlens::pickle {

namespace {

constexpr std::size_t PauseEvery = 1 << 20; // a few milliseconds of opcodes

/// Small pickles get the one, large ones the other; never both, so that no pickle of a few MiB takes more than
/// 256 MiB beside its file.
std::uint64_t memoryLimit(const Limits& limits, std::uint64_t bytes) {
    const auto scaled = checkedMul(bytes, limits.pickleExpansion);
    return std::max(limits.pickleMemory, scaled.value_or(std::numeric_limits<std::uint64_t>::max() / 2));
}

} // namespace

Machine::Machine(Input input, const JobContext& context, bool reportProgress)
    : m_input(std::move(input))
    , m_context(context)
    , m_limits(*context.limits)
    , m_reportProgress(reportProgress)
    , m_pickle(new Pickle())
    , m_arena(m_pickle->m_arena)
    , m_begin(m_input.bytes.data())
    , m_at(m_begin)
    , m_end(m_begin + m_input.bytes.size())
    , m_pauseAt(m_begin)
    , m_reported(m_begin)
    , m_opAt(m_begin) {
    m_budget.limit = memoryLimit(m_limits, m_input.bytes.size());
    m_arena.m_source = m_input.bytes;
    m_pickle->m_keep = m_input.keep;
}

bool Machine::refuse(const Rule& rule, Args args) {
    Location where = m_input.where;
    where.offset = where.offset.value_or(0) + offsetOf(m_opAt);
    m_error = Error{&rule, std::move(args), std::move(where)};
    return false;
}

bool Machine::refuseMemory() {
    return refuse(rules::pickle::TooMuchMemory, {Bytes{m_budget.limit}});
}

bool Machine::between() {
    m_opAt = m_at;
    if (m_reportProgress)
        m_context.add(static_cast<std::uint64_t>(m_at - m_reported));
    m_reported = m_at;
    if (auto go = m_context.checkStop(); !go) {
        m_error = std::move(go).error();
        return false;
    }
    if (m_at == m_end)
        return refuse(rules::pickle::Truncated, {std::string("the opcodes, before STOP")});
    if (m_arena.m_nodes > m_limits.pickleNodes)
        return refuse(rules::pickle::TooManyNodes, {m_limits.pickleNodes});
    m_pauseAt = m_at + std::min(PauseEvery, remaining());
    return true;
}

Result<PicklePtr> Machine::run() {
    try {
        // Place 0 means nothing, place 1 is the empty tuple that all empty tuples share.
        if (!m_arena.m_words.ensure(2, m_budget)) {
            refuseMemory();
            return Failure(std::move(*m_error));
        }
        m_arena.m_words.push(Node());
        m_arena.m_words.push(Node());
        m_emptyTuple = makeNode(Tag::Tuple, 1);
        while (!m_stopped) {
            if (m_at >= m_pauseAt && !between()) [[unlikely]]
                return Failure(std::move(*m_error));
            m_opAt = m_at++;
            if (!step(static_cast<Op>(*m_opAt))) [[unlikely]]
                return Failure(std::move(*m_error));
        }
    } catch (const std::bad_alloc&) {
        refuseMemory();
        return Failure(std::move(*m_error));
    }
    if (m_reportProgress)
        m_context.add(static_cast<std::uint64_t>(m_at - m_reported));
    m_arena.m_words.trim(m_budget);
    return PicklePtr(std::move(m_pickle));
}

bool Machine::finish() {
    if (!needValues(1))
        return false;
    if (m_arena.m_nodes > m_limits.pickleNodes)
        return refuse(rules::pickle::TooManyNodes, {m_limits.pickleNodes});
    for (GlobalUse& use : m_pickle->m_globals)
        if (use.looksUpAttributes && use.calls > 0 && use.memberLookups == use.calls)
            use.danger = Danger::Harmless;
    m_pickle->m_root = m_stack.back();
    m_pickle->m_begin = m_input.where.offset.value_or(0);
    m_pickle->m_end = m_pickle->m_begin + offsetOf(m_at);
    m_stopped = true;
    return true;
}

// The opcodes that metadata and state dicts are made of; the compiler turns this into one jump.
bool Machine::step(Op op) {
    switch (op) {
    case Op::BinGet: {
        std::uint8_t index = 0;
        return number(index) && get(index);
    }
    case Op::LongBinGet: {
        std::uint32_t index = 0;
        return number(index) && get(index);
    }
    case Op::Memoize:
        return memoize();
    case Op::BinPut: {
        std::uint8_t index = 0;
        return number(index) && put(index);
    }
    case Op::LongBinPut: {
        std::uint32_t index = 0;
        return number(index) && put(index);
    }
    case Op::BinInt1: {
        std::uint8_t value = 0;
        return number(value) && push(makeInt(value));
    }
    case Op::BinInt2: {
        std::uint16_t value = 0;
        return number(value) && push(makeInt(value));
    }
    case Op::BinInt: {
        std::int32_t value = 0;
        return number(value) && push(makeInt(value));
    }
    case Op::ShortBinUnicode:
        return pushCounted<std::uint8_t>(Tag::Text, Tag::LongText);
    case Op::BinUnicode:
        return pushCounted<std::uint32_t>(Tag::Text, Tag::LongText);
    case Op::Mark:
        return setMark();
    case Op::EmptyTuple:
        return push(m_emptyTuple);
    case Op::Tuple1:
        return tupleOfTop(1);
    case Op::Tuple2:
        return tupleOfTop(2);
    case Op::Tuple3:
        return tupleOfTop(3);
    case Op::Tuple: {
        std::span<Node> values;
        return popMark(values) && pushTuple(Tag::Tuple, values);
    }
    case Op::EmptyDict:
        return pushContainer(Tag::Dict);
    case Op::EmptyList:
        return pushContainer(Tag::List);
    case Op::SetItem:
        return appendTop(2, op);
    case Op::Append:
        return appendTop(1, op);
    case Op::SetItems:
    case Op::Appends:
        return appendMarked(op);
    case Op::Reduce:
        return reduce();
    case Op::NewObj:
        return newObject(false);
    case Op::Build:
        return build();
    case Op::None:
        return push(Node());
    case Op::NewTrue:
        return push(makeNode(Tag::True));
    case Op::NewFalse:
        return push(makeNode(Tag::False));
    case Op::BinFloat:
        return pushBinFloat();
    case Op::Long1: {
        std::uint8_t length = 0;
        return number(length) && pushLong(length);
    }
    case Op::Stop:
        return finish();
    default:
        return stepRare(op);
    }
}

bool Machine::stepRare(Op op) {
    std::span<Node> values;
    std::string_view text;
    switch (op) {
    case Op::Proto: {
        std::uint8_t protocol = 0;
        if (!number(protocol))
            return false;
        if (protocol > 5)
            return refuse(rules::pickle::BadProtocol, {std::uint64_t{protocol}});
        m_pickle->m_protocol = std::max<std::uint32_t>(m_pickle->m_protocol, protocol);
        return true;
    }
    case Op::Frame: {
        std::uint64_t length = 0;
        return number(length) && needClaimed(length);
    }
    case Op::Pop:
        return pop();
    case Op::PopMark:
        return popMark(values);
    case Op::Dup:
        return duplicate();
    case Op::Int:
        return pushInt();
    case Op::Long:
        return pushDecimal();
    case Op::Long4: {
        std::int32_t length = 0;
        if (!number(length))
            return false;
        if (length < 0)
            return refuse(rules::pickle::BadArgument, {opName(), std::string("a negative length")});
        return pushLong(static_cast<std::uint64_t>(length));
    }
    case Op::Float:
        return pushFloatLine();
    case Op::String:
        return pushQuoted();
    case Op::Unicode:
        return pushRawUnicode();
    case Op::BinUnicode8:
        return pushCounted<std::uint64_t>(Tag::Text, Tag::LongText);
    case Op::ShortBinString:
        return pushCounted<std::uint8_t>(Tag::Text, Tag::LongText);
    case Op::BinString:
        return pushCounted<std::int32_t>(Tag::Text, Tag::LongText);
    case Op::ShortBinBytes:
        return pushCounted<std::uint8_t>(Tag::Bytes, Tag::LongBytes);
    case Op::BinBytes:
        return pushCounted<std::uint32_t>(Tag::Bytes, Tag::LongBytes);
    case Op::BinBytes8:
        return pushCounted<std::uint64_t>(Tag::Bytes, Tag::LongBytes);
    case Op::ByteArray8:
        return pushCounted<std::uint64_t>(Tag::ByteArray, Tag::ByteArray);
    case Op::Get: {
        std::uint64_t index = 0;
        return memoIndexLine(index) && get(index);
    }
    case Op::Put: {
        std::uint64_t index = 0;
        return memoIndexLine(index) && put(index);
    }
    case Op::Dict:
        return listOrDict(Tag::Dict);
    case Op::List:
        return listOrDict(Tag::List);
    case Op::EmptySet:
        return pushContainer(Tag::Set);
    case Op::AddItems:
        return appendMarked(op);
    case Op::FrozenSet:
        return popMark(values) && pushTuple(Tag::FrozenSet, values);
    case Op::Global: {
        Node global;
        return globalLines(global) && push(global);
    }
    case Op::StackGlobal:
        return stackGlobal();
    case Op::Inst:
        return inst();
    case Op::Obj:
        return obj();
    case Op::NewObjEx:
        return newObject(true);
    case Op::PersId:
        return line(text) &&
               pushRange(Tag::Text, Tag::LongText, offsetOf(m_at) - text.size() - 1, text.size()) &&
               persistent(m_stack.back());
    case Op::BinPersId:
        return needValues(1) && persistent(m_stack.back());
    case Op::Ext1: {
        std::uint8_t code = 0;
        return number(code) && push(makeNode(Tag::Extension, code));
    }
    case Op::Ext2: {
        std::uint16_t code = 0;
        return number(code) && push(makeNode(Tag::Extension, code));
    }
    case Op::Ext4: {
        std::uint32_t code = 0;
        return number(code) && push(makeNode(Tag::Extension, code));
    }
    case Op::NextBuffer:
        return push(makeNode(Tag::Buffer, m_buffers++));
    case Op::ReadonlyBuffer:
        return readonlyBuffer();
    default:
        return refuse(rules::pickle::BadOpcode, {std::uint64_t{static_cast<std::uint8_t>(op)}});
    }
}

} // namespace shardlens::pickle
