// SPDX-License-Identifier: Apache-2.0
#include "analysis/compare.h"

#include "analysis/compare_values.h"
#include "analysis/hash.h"
#include "analysis/rules.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace shardlens {

namespace {

/// Beyond this much data on either side no renames are looked for: it would read everything again.
constexpr std::uint64_t MaxRenameBytes = 64 * Limits::GiB;

struct Pair {
    TensorId a, b;
    std::string name;
};

struct Outcome {
    bool same = false, identical = false;
    Difference difference;
};

class Comparing {
public:
    Comparing(const CheckpointPtr& a, const CheckpointPtr& b, const CompareOptions& options,
              const JobContext& context)
        : m_a(a)
        , m_b(b)
        , m_options(options)
        , m_context(context) {}

    Result<Comparison> run() {
        SHARDLENS_CHECK(match());
        SHARDLENS_CHECK(compareAll());
        if (m_options.values && m_options.offerRenames)
            SHARDLENS_CHECK(findRenames());
        return std::move(m_out);
    }

private:
    bool selected(const Checkpoint& checkpoint, TensorId id) const {
        return !m_options.selects || m_options.selects(checkpoint, id);
    }

    Result<void> match() {
        std::set<std::string, std::less<>> taken;
        std::vector<bool> matched(m_b->tensorCount(), false);
        for (std::uint32_t i = 0; i < m_a->tensorCount(); ++i) {
            if (i % 4096 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            const TensorId id(i);
            if (!selected(*m_a, id))
                continue;
            const auto own = m_a->tensor(id).name();
            auto name = m_options.renameA ? m_options.renameA(own) : std::string(own);
            if (m_options.renameA && !taken.insert(name).second)
                return fail(rules::analysis::RenameCollision, {std::string(own), name},
                            {{}, std::nullopt, name});
            const auto other = m_b->findTensor(name);
            if (other && selected(*m_b, *other)) {
                matched[other->index()] = true;
                m_pairs.push_back({id, *other, std::move(name)});
            } else {
                m_out.onlyA.push_back(id);
            }
        }
        for (std::uint32_t i = 0; i < m_b->tensorCount(); ++i)
            if (!matched[i] && selected(*m_b, TensorId(i)))
                m_out.onlyB.emplace_back(i);
        return {};
    }

    Result<void> compareAll() {
        std::uint64_t bytes = 0;
        for (const auto& pair : m_pairs)
            bytes += m_a->tensor(pair.a).bytes();
        m_context.begin("comparing", m_options.values ? bytes : 0);
        std::vector<Outcome> outcomes(m_pairs.size());
        SHARDLENS_CHECK(parallelFor(m_context, m_pairs.size(), [&](std::size_t i) -> Result<void> {
            SHARDLENS_TRY(outcomes[i], compareOne(m_pairs[i]));
            return {};
        }));
        for (std::size_t i = 0; i < m_pairs.size(); ++i) {
            if (outcomes[i].same)
                m_out.same.emplace_back(m_pairs[i].a, m_pairs[i].b);
            else
                m_out.different.push_back(std::move(outcomes[i].difference));
            m_out.identical += outcomes[i].identical;
        }
        return {};
    }

    Result<Outcome> compareOne(const Pair& pair) const {
        Outcome out;
        out.difference.a = pair.a;
        out.difference.b = pair.b;
        out.difference.name = pair.name;
        const auto a = m_a->tensor(pair.a), b = m_b->tensor(pair.b);
        if (!equal(a.shape(), b.shape())) {
            out.difference.reason = Difference::Reason::Shape;
            return out;
        }
        const bool sameType = a.dtype() == b.dtype() && a.dtypeName() == b.dtypeName();
        out.difference.reason = sameType ? Difference::Reason::Values : Difference::Reason::DType;
        if (!m_options.values) {
            out.same = sameType;
            return out;
        }
        const auto compared = values(pair, out.difference);
        if (!compared) {
            if (compared.error().rule == &rules::JobCancelled)
                return Failure(compared.error());
            out.difference.problem = compared.error();
            if (sameType)
                out.difference.reason = Difference::Reason::Unreadable;
            return out;
        }
        out.same = sameType && compared->equal;
        out.identical = compared->identical;
        return out;
    }

    Result<ValueComparison> values(const Pair& pair, Difference& into) const {
        auto single = m_context;
        single.threads = 1;
        SHARDLENS_TRY(const auto a, TensorReader::open(m_a, pair.a, single));
        SHARDLENS_TRY(const auto b, TensorReader::open(m_b, pair.b, single));
        const auto shape = m_a->tensor(pair.a).shape();
        return compareValues(*a, *b, shape.empty() ? 1 : shape[0], m_options.tolerance, into, m_context);
    }

    /// Only tensors whose dtype and shape occur on the other side are read.
    Result<void> findRenames() {
        using Kind = std::pair<DType, std::vector<std::uint64_t>>;
        std::map<Kind, std::pair<std::vector<TensorId>, std::vector<TensorId>>> groups;
        const auto kindOf = [](const TensorView& tensor) {
            return Kind{tensor.dtype(), {tensor.shape().begin(), tensor.shape().end()}};
        };
        for (const auto id : m_out.onlyA)
            if (m_a->tensor(id).readable())
                groups[kindOf(m_a->tensor(id))].first.push_back(id);
        for (const auto id : m_out.onlyB)
            if (m_b->tensor(id).readable())
                groups[kindOf(m_b->tensor(id))].second.push_back(id);
        std::vector<TensorId> fromA, fromB;
        std::uint64_t bytes = 0;
        for (const auto& [kind, ids] : groups) {
            if (ids.first.empty() || ids.second.empty())
                continue;
            for (const auto id : ids.first)
                bytes += m_a->tensor(id).bytes();
            fromA.insert(fromA.end(), ids.first.begin(), ids.first.end());
            fromB.insert(fromB.end(), ids.second.begin(), ids.second.end());
        }
        if (fromA.empty() || bytes > MaxRenameBytes)
            return {};
        return matchDigests(fromA, fromB);
    }

    Result<void> matchDigests(const std::vector<TensorId>& fromA, const std::vector<TensorId>& fromB) {
        SHARDLENS_TRY(const auto digestsA, hashTensors(m_a, fromA, HashAlgorithm::Sha256, m_context));
        SHARDLENS_TRY(const auto digestsB, hashTensors(m_b, fromB, HashAlgorithm::Sha256, m_context));
        std::unordered_map<std::string, std::vector<TensorId>> byDigest;
        for (const auto& digest : digestsB)
            if (!digest.problem)
                byDigest[digest.hex].push_back(digest.tensor);
        for (const auto& digest : digestsA) {
            const auto found = digest.problem ? byDigest.end() : byDigest.find(digest.hex);
            // Several candidates (zeros, ones) name nobody.
            if (found != byDigest.end() && found->second.size() == 1)
                m_out.renamed.emplace_back(digest.tensor, found->second.front());
        }
        return {};
    }

    const CheckpointPtr& m_a;
    const CheckpointPtr& m_b;
    const CompareOptions& m_options;
    const JobContext& m_context;
    std::vector<Pair> m_pairs;
    Comparison m_out;
};

} // namespace

Result<Comparison> compare(const CheckpointPtr& a, const CheckpointPtr& b, const CompareOptions& options,
                           const JobContext& context) {
    return Comparing(a, b, options, context).run();
}

} // namespace shardlens
