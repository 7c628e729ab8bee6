// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/machine.h"
#include "formats/pickle/rules.h"

#include <algorithm>

namespace shardlens::pickle {

namespace {

std::string describeKind(Tag tag) {
    switch (tag) {
    case Tag::List:
        return "a list";
    case Tag::Dict:
        return "a dict";
    case Tag::Set:
        return "a set";
    case Tag::Object:
        return "an object";
    case Tag::Tuple:
    case Tag::Size:
        return "a tuple";
    case Tag::Text:
    case Tag::LongText:
        return "a string";
    default:
        return "such a value";
    }
}

} // namespace

std::uint64_t Machine::allocate(std::size_t words) {
    if (!m_arena.m_words.ensure(words, m_budget)) [[unlikely]] {
        refuseMemory();
        return 0;
    }
    ++m_arena.m_nodes;
    const std::uint64_t place = m_arena.m_words.size();
    m_arena.m_words.extend(words);
    return place;
}

bool Machine::pushContainer(Tag tag) {
    const std::uint64_t place = allocate(2);
    if (place == 0)
        return false;
    m_arena.m_words[place] = Node();
    m_arena.m_words[place + 1] = Node();
    return push(makeNode(tag, place));
}

bool Machine::pushTuple(Tag tag, std::span<const Node> values) {
    if (values.empty())
        return push(makeNode(tag, payloadOf(m_emptyTuple)));
    const std::uint64_t place = allocate(values.size() + 1);
    if (place == 0)
        return false;
    m_arena.m_words[place] = Node(values.size());
    std::copy(values.begin(), values.end(), m_arena.m_words.data() + place + 1);
    return push(makeNode(tag, place));
}

bool Machine::tupleOfTop(std::size_t count) {
    if (!needValues(count))
        return false;
    const std::span<const Node> values{m_stack.data() + m_stack.size() - count, count};
    m_stack.shrinkTo(m_stack.size() - count);
    return pushTuple(Tag::Tuple, values);
}

// Room for `more` items behind those that a List, Set or Dict has. The first items get exactly what they
// need, since most containers are filled once.
bool Machine::grow(std::uint64_t place, std::size_t more) {
    const std::uint64_t count = m_arena.m_words[place].bits() & 0xffff'ffff;
    const std::uint64_t capacity = m_arena.m_words[place].bits() >> 32;
    if (more <= capacity - count)
        return true;
    const std::uint64_t wanted = std::max(count + more, capacity * 2);
    if (wanted > 0xffff'ffff)
        return refuse(rules::pickle::TooManyNodes, {m_limits.pickleNodes});
    const std::uint64_t old = m_arena.m_words[place + 1].bits();
    std::uint64_t items = old;
    if (capacity > 0 && old + capacity == m_arena.m_words.size()) {
        if (allocate(wanted - capacity) == 0) // the block is the last one: it grows in place
            return false;
    } else {
        items = allocate(wanted);
        if (items == 0)
            return false;
        std::copy_n(m_arena.m_words.data() + old, count, m_arena.m_words.data() + items);
    }
    m_arena.m_words[place] = Node(count | wanted << 32);
    m_arena.m_words[place + 1] = Node(items);
    return true;
}

bool Machine::append(Node container, std::span<const Node> values) {
    const std::uint64_t place = payloadOf(container);
    if (values.empty())
        return true;
    if (!grow(place, values.size()))
        return false;
    Node& head = m_arena.m_words[place];
    const std::uint64_t count = head.bits() & 0xffff'ffff;
    std::copy(values.begin(), values.end(),
              m_arena.m_words.data() + m_arena.m_words[place + 1].bits() + count);
    head = Node(head.bits() + values.size());
    return true;
}

std::uint64_t Machine::extraOf(Node object) {
    const std::uint64_t place = payloadOf(object);
    const std::uint64_t form = m_arena.m_words[place + 3].bits();
    if (form >> 8 != 0)
        return form >> 8;
    const std::uint64_t extra = allocate(3);
    if (extra == 0)
        return 0;
    m_arena.m_words[extra] = Node();
    m_arena.m_words[extra + 1] = Absent;
    m_arena.m_words[extra + 2] = Absent;
    m_arena.m_words[place + 3] = Node(form | extra << 8);
    return extra;
}

// Lists, sets and dicts take items; so do objects, since subclasses of them are built by the same opcodes.
bool Machine::appendTo(Node target, std::span<const Node> values, bool pairs) {
    const Tag tag = tagOf(target);
    if (pairs ? tag == Tag::Dict : tag == Tag::List || tag == Tag::Set) [[likely]]
        return append(target, values);
    if (tag != Tag::Object)
        return refuse(rules::pickle::WrongType, {opName(), describeKind(tag)});
    const std::uint64_t extra = extraOf(target);
    if (extra == 0)
        return false;
    const std::uint64_t slot = extra + (pairs ? 2 : 1);
    if (m_arena.m_words[slot] == Absent) {
        const std::uint64_t place = allocate(2);
        if (place == 0)
            return false;
        m_arena.m_words[place] = Node();
        m_arena.m_words[place + 1] = Node();
        m_arena.m_words[slot] = makeNode(pairs ? Tag::Dict : Tag::List, place);
    }
    return append(m_arena.m_words[slot], values);
}

bool Machine::appendTop(std::size_t count, Op op) {
    if (!needValues(count + 1))
        return false;
    const std::span<const Node> values{m_stack.data() + m_stack.size() - count, count};
    m_stack.shrinkTo(m_stack.size() - count);
    return appendTo(m_stack.back(), values, op == Op::SetItem);
}

bool Machine::appendMarked(Op op) {
    std::span<Node> values;
    if (!popMark(values) || !needValues(1))
        return false;
    const bool pairs = op == Op::SetItems;
    if (pairs && values.size() % 2 != 0)
        return refuse(rules::pickle::StackUnderflow, {opName()});
    return appendTo(m_stack.back(), values, pairs);
}

bool Machine::listOrDict(Tag tag) {
    std::span<Node> values;
    if (!popMark(values))
        return false;
    if (tag == Tag::Dict && values.size() % 2 != 0)
        return refuse(rules::pickle::StackUnderflow, {opName()});
    const std::uint64_t place = allocate(2);
    if (place == 0)
        return false;
    m_arena.m_words[place] = Node();
    m_arena.m_words[place + 1] = Node();
    const Node container = makeNode(tag, place);
    return append(container, values) && push(container);
}

Node Machine::makeObject(Pickle::Form form, Node callable, Node args) {
    const std::uint64_t place = allocate(4);
    if (place == 0)
        return Absent;
    Node* words = m_arena.m_words.data() + place;
    words[0] = callable;
    words[1] = args;
    words[2] = Absent;
    words[3] = Node(static_cast<std::uint64_t>(form));
    return makeNode(Tag::Object, place);
}

bool Machine::reduce() {
    if (!needValues(2))
        return false;
    const Node args = m_stack.back();
    Node& top = m_stack[m_stack.size() - 2];
    if (tagOf(args) != Tag::Tuple)
        return refuse(rules::pickle::WrongType, {opName(), describeKind(tagOf(args))});
    noteCall(top, args);
    Node result = Absent;
    if (top == makeNode(Tag::Global, m_sizeGlobal)) {
        const auto given = m_arena.items(args);
        if (given.size() == 1 && (tagOf(given[0]) == Tag::Tuple || tagOf(given[0]) == Tag::Size))
            result = makeNode(Tag::Size, payloadOf(given[0])); // tuples never change: the words are shared
    }
    if (result == Absent)
        result = makeObject(Pickle::Form::Reduce, top, args);
    if (result == Absent)
        return false;
    top = result;
    m_stack.shrinkTo(m_stack.size() - 1);
    return true;
}

bool Machine::newObject(bool extended) {
    const std::size_t count = extended ? 3 : 2;
    if (!needValues(count))
        return false;
    const Node* values = m_stack.data() + m_stack.size() - count;
    const Node callable = values[0];
    const Node args = values[1];
    const Node kwargs = extended ? values[2] : Node();
    if (tagOf(args) != Tag::Tuple || (extended && tagOf(kwargs) != Tag::Dict))
        return refuse(rules::pickle::WrongType, {opName(), describeKind(tagOf(args))});
    noteCall(callable, args);
    const Node object = makeObject(extended ? Pickle::Form::NewObjEx : Pickle::Form::NewObj, callable, args);
    if (object == Absent)
        return false;
    if (extended) {
        const std::uint64_t extra = extraOf(object);
        if (extra == 0)
            return false;
        m_arena.m_words[extra] = kwargs;
    }
    m_stack.shrinkTo(m_stack.size() - count);
    return push(object);
}

bool Machine::build() {
    if (!needValues(2))
        return false;
    const Node state = m_stack.back();
    Node& object = m_stack[m_stack.size() - 2];
    if (tagOf(object) != Tag::Object) {
        // A state for what is no object here (a persistent id, a registered extension): keep both.
        const Node wrapped = makeObject(Pickle::Form::Reduce, object, m_emptyTuple);
        if (wrapped == Absent)
            return false;
        object = wrapped;
    }
    m_arena.m_words[payloadOf(object) + 2] = state;
    m_stack.shrinkTo(m_stack.size() - 1);
    return true;
}

bool Machine::inst() {
    Node global;
    std::span<Node> values;
    if (!globalLines(global) || !popMark(values) || !pushTuple(Tag::Tuple, values))
        return false;
    const Node args = m_stack.back();
    noteCall(global, args);
    const Node object = makeObject(Pickle::Form::Inst, global, args);
    m_stack.back() = object;
    return object != Absent;
}

bool Machine::obj() {
    std::span<Node> values;
    if (!popMark(values))
        return false;
    if (values.empty())
        return refuse(rules::pickle::StackUnderflow, {opName()});
    const Node callable = values[0];
    if (!pushTuple(Tag::Tuple, values.subspan(1)))
        return false;
    const Node args = m_stack.back();
    noteCall(callable, args);
    const Node object = makeObject(Pickle::Form::Inst, callable, args);
    m_stack.back() = object;
    return object != Absent;
}

bool Machine::persistent(Node id) {
    const std::uint64_t place = allocate(1);
    if (place == 0)
        return false;
    m_arena.m_words[place] = id;
    m_stack.back() = makeNode(Tag::Persistent, place);
    return true;
}

bool Machine::readonlyBuffer() {
    if (!needValues(1))
        return false;
    const Tag tag = tagOf(m_stack.back());
    const bool isBuffer =
        tag == Tag::Buffer || tag == Tag::Bytes || tag == Tag::LongBytes || tag == Tag::ByteArray;
    return isBuffer || refuse(rules::pickle::WrongType, {opName(), describeKind(tag)});
}

} // namespace shardlens::pickle
