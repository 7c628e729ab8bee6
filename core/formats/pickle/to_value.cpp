// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/to_value.h"

#include "base/escape.h"
#include "formats/pickle/rules.h"
#include "formats/pickle/shape.h"
#include "formats/pickle/text_escapes.h"
#include "model/hash.h"
#include "model/value_graph.h"
#include "model/value_kind.h"

#include <new>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace shardlens::pickle {

namespace {

using VKind = Value::Kind;
using GraphNode = ValueGraph::Node;

/// What shows a node whose kind says all of its type.
constexpr std::optional<VKind> plainKind(Kind kind) {
    switch (kind) {
    case Kind::None:
        return VKind::Null;
    case Kind::Bool:
        return VKind::Bool;
    case Kind::Int:
        return VKind::Int;
    case Kind::BigInt:
        return VKind::BigInt;
    case Kind::Float:
        return VKind::Float;
    case Kind::String:
        return VKind::String;
    case Kind::Bytes:
        return VKind::Bytes;
    default:
        return std::nullopt;
    }
}

constexpr std::size_t LookEvery = 4096; // nodes between looks at the stop token

// Keys are the file's choice; with a seed none collide on purpose.
struct SeededHash {
    std::size_t operator()(std::string_view text) const { return seededHash(text.data(), text.size()); }
    std::size_t operator()(std::uint64_t bits) const { return seededHash(&bits, sizeof bits); }
};

/// Builds the graph with a stack of its own, since a pickle nests as deep as it likes.
class Converter {
public:
    Converter(ValueGraph& graph, const Pickle& pickle, const JobContext& context,
              const ToValueOptions& options)
        : m_graph(graph)
        , m_pickle(pickle)
        , m_context(context)
        , m_options(options) {}

    Result<GraphNode> convert(Node root) {
        SHARDLENS_TRY(const GraphNode result, enter(root));
        while (!m_frames.empty()) {
            if (++m_steps % LookEvery == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            Frame& top = m_frames.back();
            if (top.next == top.count()) {
                finish(top);
                m_frames.pop_back();
                continue;
            }
            const std::size_t index = top.next++;
            if (top.shape.kind == VKind::Dict) {
                SHARDLENS_CHECK(child(top.shape.pairs[index]));
            } else if (const Node* node = std::get_if<Node>(&top.shape.parts[index].second)) {
                SHARDLENS_CHECK(child(*node));
            } else {
                const GraphNode made = makePart(top.shape.parts[index].second);
                top.made.push_back(made);
            }
        }
        return result;
    }

private:
    struct Frame {
        GraphNode reserved = 0;
        Shape shape;
        std::size_t next = 0;        // child to convert
        std::vector<GraphNode> made; // children so far
        std::size_t count() const {
            return shape.kind == VKind::Dict ? shape.pairs.size() : shape.parts.size();
        }
    };

    // enter() may grow the frames, so that the parent is found again by its index.
    Result<void> child(Node node) {
        const std::size_t parent = m_frames.size() - 1;
        SHARDLENS_TRY(const GraphNode made, enter(node));
        m_frames[parent].made.push_back(made);
        return {};
    }

    /// The graph's node for `node`: done for plain values, begun for containers.
    Result<GraphNode> enter(Node node) {
        switch (m_pickle.kind(node)) {
        case Kind::None:
            return m_graph.addNull();
        case Kind::Bool:
            return m_graph.addBool(m_pickle.asBool(node));
        case Kind::Int:
            return m_graph.addInt(m_pickle.asInt(node).value_or(0));
        case Kind::BigInt:
            return m_graph.addText(VKind::BigInt, m_pickle.integerText(node));
        case Kind::Float:
            return m_graph.addFloat(m_pickle.asFloat(node));
        default:
            break;
        }
        if (const auto known = m_seen.find(node.bits()); known != m_seen.end())
            return known->second;
        if (m_pickle.is(node, Kind::String))
            return remember(node, addString(m_pickle.text(node)));
        if (m_pickle.is(node, Kind::Bytes))
            return remember(node, m_graph.addText(VKind::Bytes, m_pickle.text(node)));
        if (m_options.tensor && (m_pickle.is(node, Kind::Object) || m_pickle.is(node, Kind::Persistent)))
            if (const auto text = m_options.tensor(m_pickle, node))
                return remember(node, m_graph.addText(VKind::Tensor, *text));
        return begin(node);
    }

    Result<GraphNode> begin(Node node) {
        if (m_frames.size() >= m_context.limits->pickleDepth)
            return fail(rules::pickle::TooDeep, {std::uint64_t{m_context.limits->pickleDepth}});
        Frame frame;
        frame.shape = shapeOf(m_pickle, node);
        if (frame.shape.ownText)
            return remember(node, m_graph.addText(frame.shape.kind, frame.shape.text));
        frame.reserved = m_graph.reserve();
        frame.made.reserve(frame.count());
        m_frames.push_back(std::move(frame));
        return remember(node, m_frames.back().reserved);
    }

    GraphNode remember(Node node, GraphNode made) {
        m_seen.emplace(node.bits(), made);
        return made;
    }

    // Python 2's strings are bytes, most often latin-1 where they are no ASCII.
    GraphNode addString(std::string_view text) {
        if (isValidUtf8(text)) [[likely]]
            return m_graph.addText(VKind::String, text);
        return m_graph.addText(VKind::String, latin1ToUtf8(text));
    }

    GraphNode makeNumber(const MadeNumber& number) {
        if (const auto* integer = std::get_if<std::int64_t>(&number))
            return m_graph.addInt(*integer);
        if (const auto* count = std::get_if<std::uint64_t>(&number))
            return std::in_range<std::int64_t>(*count)
                       ? m_graph.addInt(static_cast<std::int64_t>(*count))
                       : m_graph.addText(VKind::BigInt, std::to_string(*count));
        if (const auto* real = std::get_if<double>(&number))
            return m_graph.addFloat(*real);
        return m_graph.addBool(std::get<bool>(number));
    }

    GraphNode makePart(const Part& part) {
        if (const auto* text = std::get_if<MadeText>(&part))
            return text->kind == VKind::String ? addString(text->text)
                                               : m_graph.addText(text->kind, text->text);
        if (const auto* number = std::get_if<MadeNumber>(&part))
            return makeNumber(*number);
        std::vector<GraphNode> items;
        for (const MadeNumber& number : std::get<std::vector<MadeNumber>>(part))
            items.push_back(makeNumber(number));
        return m_graph.addSequence(VKind::List, items);
    }

    void finish(Frame& frame) {
        if (frame.shape.kind == VKind::Dict)
            m_graph.fill(frame.reserved, m_graph.addDict(uniquePairs(frame), frame.shape.type));
        else if (frame.shape.kind == VKind::Object)
            m_graph.fill(frame.reserved, m_graph.addObject(frame.shape.type, namedParts(frame)));
        else
            m_graph.fill(frame.reserved, m_graph.addSequence(frame.shape.kind, frame.made));
    }

    std::vector<std::pair<GraphNode, GraphNode>> namedParts(const Frame& frame) {
        std::vector<std::pair<GraphNode, GraphNode>> parts;
        for (std::size_t i = 0; i < frame.made.size(); ++i)
            parts.emplace_back(m_graph.addText(VKind::String, frame.shape.parts[i].first), frame.made[i]);
        return parts;
    }

    // A key set twice keeps its place and takes the last value, as in Python.
    std::vector<std::pair<GraphNode, GraphNode>> uniquePairs(const Frame& frame) {
        std::vector<std::pair<GraphNode, GraphNode>> pairs;
        pairs.reserve(frame.made.size() / 2);
        std::unordered_map<std::string_view, std::size_t, SeededHash> byText;
        std::unordered_map<std::uint64_t, std::size_t, SeededHash> byBits;
        for (std::size_t i = 0; i + 1 < frame.made.size(); i += 2) {
            const Node key = frame.shape.pairs[i];
            const auto [slot, isNew] = m_pickle.is(key, Kind::String)
                                           ? insert(byText, m_pickle.text(key), pairs.size())
                                           : insert(byBits, key.bits(), pairs.size());
            if (isNew)
                pairs.emplace_back(frame.made[i], frame.made[i + 1]);
            else
                pairs[slot].second = frame.made[i + 1];
        }
        return pairs;
    }

    template <typename Map, typename Key>
    static std::pair<std::size_t, bool> insert(Map& map, Key key, std::size_t slot) {
        const auto [found, isNew] = map.try_emplace(key, slot);
        return {found->second, isNew};
    }

    ValueGraph& m_graph;
    const Pickle& m_pickle;
    const JobContext& m_context;
    const ToValueOptions& m_options;
    std::vector<Frame> m_frames;
    std::unordered_map<std::uint64_t, GraphNode, SeededHash> m_seen;
    std::size_t m_steps = 0;
};

} // namespace

Result<std::uint32_t> addToGraph(ValueGraph& graph, const Pickle& pickle, Node node,
                                 const JobContext& context, const ToValueOptions& options) {
    try {
        return Converter(graph, pickle, context, options).convert(node);
    } catch (const std::bad_alloc&) {
        return fail(rules::OutOfMemory, {std::string("decoding a pickled value")});
    }
}

Result<Value> toValue(const PicklePtr& pickle, Node node, const JobContext& context,
                      const ToValueOptions& options) {
    auto graph = std::make_shared<ValueGraph>();
    SHARDLENS_TRY(const GraphNode root, addToGraph(*graph, *pickle, node, context, options));
    return Value(std::move(graph), root);
}

std::string typeName(const Pickle& pickle, Node node) {
    const auto kind = pickle.kind(node);
    if (kind == Kind::Size)
        return "torch.Size";
    if (const auto plain = plainKind(kind))
        return std::string(kindName(*plain));
    const Shape shape = shapeOf(pickle, node);
    return shape.type.empty() ? std::string(kindName(shape.kind)) : shape.type;
}

} // namespace shardlens::pickle
