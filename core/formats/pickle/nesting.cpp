// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/nesting.h"

#include "formats/pickle/rules.h"
#include "model/hash.h"

#include <cstddef>
#include <span>
#include <unordered_set>
#include <vector>

namespace shardlens::pickle {

namespace {

constexpr std::uint64_t MaxSteps = 4'000'000; // children looked at: a few ten milliseconds
constexpr std::uint64_t StopInterval = 1 << 18;

struct SeededBits {
    std::size_t operator()(std::uint64_t bits) const { return seededHash(&bits, sizeof bits); }
};

struct Frame {
    Node node;
    std::span<const Node> items;
    std::size_t next = 0;
};

bool isContainer(Kind kind) {
    switch (kind) {
    case Kind::List:
    case Kind::Tuple:
    case Kind::Set:
    case Kind::FrozenSet:
    case Kind::Dict:
        return true;
    default:
        return false;
    }
}

/// What lies in an object, one after the other; objects nest through these.
std::span<const Node> childrenOf(const Pickle& pickle, Node node) {
    if (!pickle.is(node, Kind::Object))
        return pickle.items(node);
    if (const auto state = pickle.state(node))
        return isContainer(pickle.kind(*state)) ? pickle.items(*state) : std::span<const Node>();
    return pickle.args(node);
}

} // namespace

Result<void> checkNesting(const Pickle& pickle, const Location& where, const JobContext& context) {
    std::vector<Frame> path;
    std::unordered_set<std::uint64_t, SeededBits> onPath;
    const auto enter = [&](Node node) {
        if (onPath.insert(node.bits()).second)
            path.push_back({node, childrenOf(pickle, node), 0});
    };
    enter(pickle.root());
    for (std::uint64_t steps = 1; !path.empty() && steps < MaxSteps; ++steps) {
        if (steps % StopInterval == 0)
            SHARDLENS_CHECK(context.checkStop());
        Frame& top = path.back();
        if (top.next == top.items.size()) {
            onPath.erase(top.node.bits());
            path.pop_back();
            continue;
        }
        const Node child = top.items[top.next++];
        const auto kind = pickle.kind(child);
        if (!isContainer(kind) && kind != Kind::Object)
            continue;
        if (path.size() >= context.limits->pickleDepth) {
            Location place = where;
            place.offset = pickle.begin();
            return fail(rules::pickle::TooDeep, {std::uint64_t{context.limits->pickleDepth}}, place);
        }
        enter(child);
    }
    return {};
}

} // namespace shardlens::pickle
