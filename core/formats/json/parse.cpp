// SPDX-License-Identifier: Apache-2.0
#include "formats/json/parse.h"

#include "formats/json/rules.h"
#include "formats/json/visit.h"
#include "model/value_graph.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace shardlens::json {

namespace {

using Node = ValueGraph::Node;

/// Notes beyond these would say nothing new.
constexpr std::size_t maxNotes = 100;

/// An object or list that is being read.
struct Frame {
    struct Member {
        Node key = 0;
        Node value = 0;
        std::uint64_t at = 0;      // of the key's token
        std::size_t textBegin = 0; // of the key in `keys`
        std::size_t textLength = 0;
    };
    bool isObject = false;
    std::vector<Node> items;
    std::vector<Member> members;
    std::string keys;

    std::string_view text(const Member& member) const {
        return std::string_view(keys).substr(member.textBegin, member.textLength);
    }
};

double toDouble(std::string_view text) {
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc::result_out_of_range) // too small: the parser refuses what is too large
        return text.starts_with('-') ? -0.0 : 0.0;
    return value;
}

class DocumentBuilder final : public Visitor {
public:
    explicit DocumentBuilder(std::string_view name) : m_name(name) { restart(); }

    void restart() override {
        m_graph = std::make_shared<ValueGraph>();
        m_stack.clear();
        m_root.reset();
        m_notes.clear();
    }
    bool beginObject(std::uint64_t) override {
        m_stack.push_back({.isObject = true, .items = {}, .members = {}, .keys = {}});
        return true;
    }
    bool key(std::uint64_t at, std::string_view name) override {
        auto& frame = m_stack.back();
        frame.members.push_back(
            {m_graph->addText(Value::Kind::String, name), 0, at, frame.keys.size(), name.size()});
        frame.keys += name;
        return true;
    }
    bool endObject(std::uint64_t) override {
        auto frame = std::move(m_stack.back());
        m_stack.pop_back();
        dropRepeated(frame);
        std::vector<std::pair<Node, Node>> items;
        items.reserve(frame.members.size());
        for (const auto& member : frame.members)
            items.emplace_back(member.key, member.value);
        return put(m_graph->addDict(items));
    }
    bool beginArray(std::uint64_t) override {
        m_stack.emplace_back();
        return true;
    }
    bool endArray(std::uint64_t) override {
        const auto frame = std::move(m_stack.back());
        m_stack.pop_back();
        return put(m_graph->addSequence(Value::Kind::List, frame.items));
    }
    bool string(std::uint64_t, std::string_view text) override {
        return put(m_graph->addText(Value::Kind::String, text));
    }
    bool number(std::uint64_t, std::string_view text, bool integer) override {
        if (!integer)
            return put(m_graph->addFloat(toDouble(text)));
        std::int64_t value = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        return put(parsed.ec == std::errc{} ? m_graph->addInt(value)
                                            : m_graph->addText(Value::Kind::BigInt, text));
    }
    bool boolean(std::uint64_t, bool value) override { return put(m_graph->addBool(value)); }
    bool null(std::uint64_t) override { return put(m_graph->addNull()); }

    Document finish() { return {m_root ? Value(m_graph, *m_root) : Value(), std::move(m_notes)}; }

private:
    bool put(Node node) {
        if (m_stack.empty())
            m_root = node;
        else if (m_stack.back().isObject)
            m_stack.back().members.back().value = node;
        else
            m_stack.back().items.push_back(node);
        return true;
    }

    /// Of equal keys the first keeps its place and takes the last one's value. Sorting costs n log n whatever
    /// keys a file chooses.
    void dropRepeated(Frame& frame) {
        auto& members = frame.members;
        std::vector<std::size_t> order(members.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return frame.text(members[a]) < frame.text(members[b]);
        });
        std::vector<bool> dropped;
        std::size_t first = 0;
        for (std::size_t i = 1; i < order.size(); ++i) {
            if (frame.text(members[order[first]]) != frame.text(members[order[i]])) {
                first = i;
                continue;
            }
            dropped.resize(members.size());
            dropped[order[i]] = true;
            members[order[first]].value = members[order[i]].value;
            note(frame.text(members[order[i]]), members[order[i]].at);
        }
        if (dropped.empty())
            return;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < members.size(); ++i)
            if (!dropped[i])
                members[kept++] = members[i];
        members.resize(kept);
    }

    void note(std::string_view key, std::uint64_t at) {
        if (m_notes.size() < maxNotes)
            m_notes.push_back({&rules::json::DuplicateKey,
                               {std::string(key)},
                               {std::string(m_name), at, std::string(key)}});
    }

    std::string_view m_name;
    std::shared_ptr<ValueGraph> m_graph;
    std::vector<Frame> m_stack;
    std::optional<Node> m_root;
    std::vector<Error> m_notes;
};

} // namespace

Result<Document> parse(std::string_view text, std::string_view name, const JobContext& context) {
    if (text.size() > context.limits->document)
        return fail(rules::json::TooLarge,
                    {std::string(name), Bytes{text.size()}, Bytes{context.limits->document}},
                    {std::string(name), {}, {}});
    DocumentBuilder builder(name);
    SHARDLENS_CHECK(visit(text, name, builder, context));
    return builder.finish();
}

} // namespace shardlens::json
