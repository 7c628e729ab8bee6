// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/leaf.h"
#include "formats/torch/tensor_recipe.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace shardlens::torch {

using pickle::Kind;
using pickle::Node;
using pickle::Pickle;

namespace {

/// Beyond this a list is a value: nobody nests states deeper, and the walk recurses.
constexpr std::uint32_t MaxDepth = 200;

// Without sharing a pickle has fewer leaves than nodes; some sharing is usual (a state under two names), but a
// small file must not unfold to a large tree.
constexpr std::uint64_t MaxSharing = 4, FreeLeaves = 10'000, FreeBytes = 16 * Limits::MiB;

bool isNamed(const Pickle& pickle, Node node, std::string_view module, std::string_view name) {
    return pickle.isCall(node, module, name);
}

class Unfolder {
public:
    Unfolder(const Pickle& pickle, const UnfoldOptions& options, const JobContext& context)
        : m_pickle(pickle)
        , m_options(options)
        , m_context(context)
        , m_maxLeaves(std::min(context.limits->printedNodes, FreeLeaves + MaxSharing * pickle.nodes()))
        , m_maxBytes(
              std::min(context.limits->printedBytes, FreeBytes + MaxSharing * MaxSharing * pickle.end())) {}

    Result<Unfolded> run(Node root) {
        SHARDLENS_CHECK(visit(root, 0));
        return std::move(m_out);
    }

private:
    using Pairs = std::span<const Node>;

    Result<void> visit(Node node, std::uint32_t depth) {
        if (m_out.truncated)
            return {};
        if (++m_steps % 4096 == 0)
            SHARDLENS_CHECK(m_context.checkStop());
        if (isTensor(m_pickle, node)) {
            add(node, true);
            return {};
        }
        const bool open = depth < MaxDepth && !m_path.contains(node.bits());
        if (const auto pairs = open ? children(node) : std::nullopt) {
            m_path.insert(node.bits());
            for (std::size_t i = 0; i + 1 < pairs->size(); i += 2)
                SHARDLENS_CHECK(enter(keyText((*pairs)[i]), (*pairs)[i + 1], depth));
            m_path.erase(node.bits());
        } else if (open && isSequence(node) && holdsTensor(node, 0)) {
            m_path.insert(node.bits());
            std::uint64_t index = 0;
            for (const auto item : m_pickle.items(node))
                SHARDLENS_CHECK(enter(std::to_string(index++), item, depth));
            m_path.erase(node.bits());
        } else {
            add(node, false);
        }
        return {};
    }

    Result<void> enter(const std::string& part, Node node, std::uint32_t depth) {
        const auto length = m_name.size();
        const bool first = depth == 0;
        if (length + part.size() > m_context.limits->nameBytes) {
            m_out.truncated = true;
            return {};
        }
        if (!first) {
            m_separators.push_back(static_cast<std::uint32_t>(length));
            m_name += '.';
        }
        m_name += part;
        SHARDLENS_CHECK(visit(node, depth + 1));
        m_name.resize(length);
        if (!first)
            m_separators.pop_back();
        return {};
    }

    void add(Node node, bool tensor) {
        m_bytes += m_name.size();
        if (m_out.leaves.size() >= m_maxLeaves || m_bytes > m_maxBytes) {
            m_out.truncated = true;
            return;
        }
        m_out.leaves.push_back({m_name, m_separators, node, tensor});
    }

    bool isSequence(Node node) const {
        return m_pickle.is(node, Kind::List) || m_pickle.is(node, Kind::Tuple);
    }

    /// Keys and values of what is entered by names; nothing where it is a value.
    std::optional<Pairs> children(Node node) const {
        if (const auto items = mapping(node); items && !items->empty())
            return items;
        if (m_pickle.is(node, Kind::Object) && (m_options.enterObjects || isModule(node)))
            if (const auto state = m_pickle.state(node); state && m_pickle.is(*state, Kind::Dict))
                return m_pickle.items(*state);
        return std::nullopt;
    }

    std::optional<Pairs> mapping(Node node) const {
        if (m_pickle.is(node, Kind::Dict))
            return m_pickle.items(node);
        if (m_pickle.is(node, Kind::Object) && (isNamed(m_pickle, node, "collections", "OrderedDict") ||
                                                isNamed(m_pickle, node, "collections", "defaultdict")))
            return orderedItems(node);
        return std::nullopt;
    }

    /// Protocol 2 fills an OrderedDict by SETITEMS; old Pythons gave a list of pairs as argument.
    Pairs orderedItems(Node node) const { return m_pickle.dictItems(node); }

    bool isModule(Node node) const {
        const auto state = m_pickle.state(node);
        return state && m_pickle.is(*state, Kind::Dict) && m_pickle.find(*state, "_modules") &&
               m_pickle.find(*state, "_parameters");
    }

    /// A tensor, a mapping of any class, or a module lies in it.
    bool holdsTensor(Node node, std::uint32_t depth) {
        if (const auto known = m_holds.find(node.bits()); known != m_holds.end())
            return known->second;
        m_holds[node.bits()] = false; // a cycle adds nothing
        bool holds = false;
        if (isSequence(node)) {
            const auto items = m_pickle.items(node);
            holds = depth < MaxDepth && std::any_of(items.begin(), items.end(),
                                                    [&](Node item) { return holdsTensor(item, depth + 1); });
        } else {
            holds = m_pickle.is(node, Kind::Dict) || isTensor(m_pickle, node) ||
                    (m_pickle.is(node, Kind::Object) && (isModule(node) || isMappingClass(node)));
        }
        if (holds)
            m_holds[node.bits()] = true;
        return holds;
    }

    bool isMappingClass(Node node) const {
        constexpr std::array names{"OrderedDict", "defaultdict", "Counter"};
        return std::any_of(names.begin(), names.end(),
                           [&](const char* name) { return isNamed(m_pickle, node, "collections", name); });
    }

    /// Python's str() of a key.
    std::string keyText(Node key) const {
        switch (m_pickle.kind(key)) {
        case Kind::String:
            return std::string(m_pickle.text(key));
        case Kind::Int:
        case Kind::BigInt:
            return m_pickle.integerText(key);
        case Kind::Bool:
            return m_pickle.asBool(key) ? "True" : "False";
        case Kind::None:
            return "None";
        default:
            return keyParts(key, 0);
        }
    }

    /// Tuples as keys, one level of them being usual.
    std::string keyParts(Node key, int depth) const {
        const auto sequence = m_pickle.is(key, Kind::Tuple) || m_pickle.is(key, Kind::Size);
        if (sequence && depth < 3 && m_pickle.size(key) <= 64) {
            std::string out = "(";
            for (const auto item : m_pickle.items(key)) {
                const auto plain = m_pickle.is(item, Kind::Tuple) ? keyParts(item, depth + 1) : keyText(item);
                out += (out.size() > 1 ? ", " : "") +
                       (m_pickle.is(item, Kind::String) ? "'" + plain + "'" : plain);
            }
            return out + (m_pickle.size(key) == 1 ? ",)" : ")");
        }
        if (const auto* global = m_pickle.global(key))
            return global->qualified();
        return "#" + std::to_string(key.bits());
    }

    const Pickle& m_pickle;
    const UnfoldOptions& m_options;
    const JobContext& m_context;
    Unfolded m_out;
    std::string m_name;
    std::vector<std::uint32_t> m_separators;
    std::unordered_set<std::uint64_t> m_path; // containers that are being walked
    std::unordered_map<std::uint64_t, bool> m_holds;
    std::uint64_t m_steps = 0;
    std::uint64_t m_bytes = 0;
    std::uint64_t m_maxLeaves;
    std::uint64_t m_maxBytes;
};

} // namespace

Result<Unfolded> unfold(const Pickle& pickle, Node root, const UnfoldOptions& options,
                        const JobContext& context) {
    return Unfolder(pickle, options, context).run(root);
}

} // namespace shardlens::torch
