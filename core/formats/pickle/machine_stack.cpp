// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/machine.h"
#include "formats/pickle/rules.h"

#include <charconv>

namespace shardlens::pickle {

bool Machine::push(Node node) {
    if (!m_stack.ensure(1, m_budget)) [[unlikely]]
        return refuseMemory();
    m_stack.push(node);
    return true;
}

bool Machine::needValues(std::size_t count) {
    if (m_stack.size() - m_fence >= count) [[likely]]
        return true;
    return refuse(rules::pickle::StackUnderflow, {opName()});
}

bool Machine::setMark() {
    if (m_marks.size() >= m_limits.pickleDepth)
        return refuse(rules::pickle::TooDeep, {std::uint64_t{m_limits.pickleDepth}});
    if (!m_marks.ensure(1, m_budget))
        return refuseMemory();
    m_marks.push(Node(m_fence));
    m_fence = m_stack.size();
    return true;
}

bool Machine::popMark(std::span<Node>& values) {
    if (m_marks.size() == 0)
        return refuse(rules::pickle::NoMark, {opName()});
    values = {m_stack.data() + m_fence, m_stack.size() - m_fence};
    m_stack.shrinkTo(m_fence);
    m_fence = m_marks.back().bits();
    m_marks.shrinkTo(m_marks.size() - 1);
    return true;
}

bool Machine::pop() {
    if (m_stack.size() == m_fence && m_marks.size() > 0) {
        std::span<Node> none;
        return popMark(none);
    }
    if (!needValues(1))
        return false;
    m_stack.shrinkTo(m_stack.size() - 1);
    return true;
}

bool Machine::duplicate() {
    return needValues(1) && push(Node(m_stack.back()));
}

// A pickler numbers its entries in order, two bytes each at least, so that a larger number than the bytes
// passed is no pickler's.
bool Machine::put(std::uint64_t index) {
    if (!needValues(1))
        return false;
    if (index >= m_memo.size()) {
        const std::uint64_t most = std::min(m_limits.pickleMemo, offsetOf(m_at));
        if (index >= most)
            return refuse(rules::pickle::MemoTooLarge, {opName(), index, most});
        const std::size_t missing = index + 1 - m_memo.size();
        if (!m_memo.ensure(missing, m_budget))
            return refuseMemory();
        for (std::size_t i = 0; i < missing; ++i)
            m_memo.push(Absent);
    }
    if (m_memo[index] == Absent)
        ++m_memoCount;
    m_memo[index] = m_stack.back();
    return true;
}

bool Machine::get(std::uint64_t index) {
    if (index >= m_memo.size() || m_memo[index] == Absent) [[unlikely]]
        return refuse(rules::pickle::BadMemo, {opName(), index});
    return push(m_memo[index]);
}

bool Machine::memoIndexLine(std::uint64_t& index) {
    std::string_view text;
    if (!line(text))
        return false;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (code != std::errc() || end != text.data() + text.size())
        return refuse(rules::pickle::BadArgument, {opName(), std::string("no memo index")});
    return true;
}

} // namespace shardlens::pickle
