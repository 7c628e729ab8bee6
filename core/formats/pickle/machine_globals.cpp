// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/findings.h"
#include "formats/pickle/machine.h"
#include "formats/pickle/rules.h"

#include <algorithm>
#include <cctype>

namespace shardlens::pickle {

namespace {

bool isGetattr(std::string_view module, std::string_view name) {
    return name == "getattr" && (module == "builtins" || module == "__builtin__");
}

// A member's name as enumerations have them: no dunder, no dots.
bool isMemberName(std::string_view text) {
    return !text.empty() && text.size() < 256 && !text.starts_with("__") &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

// Classes are CamelCase, maybe behind underscores; modules and functions are not.
bool looksLikeClass(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    while (last.starts_with('_'))
        last.remove_prefix(1);
    return !last.empty() && std::isupper(static_cast<unsigned char>(last.front())) != 0;
}

} // namespace

bool Machine::intern(std::string_view module, std::string_view name, Node& global) {
    std::string key;
    key.reserve(module.size() + name.size() + 1);
    key.append(module).push_back('\0');
    key.append(name);
    const auto [found, isNew] = m_globalIds.try_emplace(std::move(key), 0);
    auto& globals = m_pickle->m_globals;
    if (isNew) {
        const std::uint64_t bytes = 2 * (module.size() + name.size()) + sizeof(GlobalUse) + 128;
        if (bytes > m_budget.limit - std::min(m_budget.limit, m_budget.used))
            return refuseMemory();
        m_budget.used += bytes;
        found->second = static_cast<std::uint32_t>(globals.size());
        GlobalUse use;
        use.module = module;
        use.name = name;
        use.offset = m_input.where.offset.value_or(0) + offsetOf(m_opAt);
        use.danger = judge(module, name);
        use.looksUpAttributes = isGetattr(module, name);
        globals.push_back(std::move(use));
        if (module == "torch" && name == "Size")
            m_sizeGlobal = found->second;
    }
    ++globals[found->second].uses;
    global = makeNode(Tag::Global, found->second);
    return true;
}

bool Machine::globalLines(Node& global) {
    std::string_view module;
    std::string_view name;
    return line(module) && line(name) && intern(module, name, global);
}

bool Machine::stackGlobal() {
    if (!needValues(2))
        return false;
    const Node name = m_stack.back();
    const Node module = m_stack[m_stack.size() - 2];
    const auto isText = [](Node node) {
        return tagOf(node) == Tag::Text || tagOf(node) == Tag::LongText;
    };
    if (!isText(name) || !isText(module))
        return refuse(rules::pickle::WrongType, {opName(), std::string("values that are no strings")});
    Node global;
    if (!intern(m_arena.text(module), m_arena.text(name), global))
        return false;
    m_stack.shrinkTo(m_stack.size() - 1);
    m_stack.back() = global;
    return true;
}

// Python 3.11 writes members of enumerations as getattr(Class, "NAME"). That alone is harmless; anything else
// that getattr is asked for, and any call of what it returned, is how attacks reach their callables.
void Machine::noteCall(Node callable, Node args) {
    auto& globals = m_pickle->m_globals;
    if (tagOf(callable) == Tag::Global) [[likely]] {
        GlobalUse& use = globals[payloadOf(callable)];
        ++use.calls;
        if (!use.looksUpAttributes) [[likely]]
            return;
        const auto given = m_arena.items(args);
        const bool isMember = given.size() == 2 && tagOf(given[0]) == Tag::Global &&
                              looksLikeClass(globals[payloadOf(given[0])].name) &&
                              isMemberName(m_arena.text(given[1]));
        use.memberLookups += isMember ? 1 : 0;
        return;
    }
    if (tagOf(callable) == Tag::Object) {
        const Node inner = m_arena.word(payloadOf(callable));
        if (tagOf(inner) == Tag::Global && globals[payloadOf(inner)].looksUpAttributes)
            ++globals[payloadOf(inner)].calls; // more calls than lookups of members: no longer harmless
    }
}

} // namespace shardlens::pickle
