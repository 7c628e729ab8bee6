// SPDX-License-Identifier: Apache-2.0
#include "analysis/compare.h"

#include "analysis/compare_values.h"
#include "analysis/hash.h"
#include "analysis/rules.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <map>
#include <memory>
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
};

struct Outcome {
    bool identical = false;
    std::unique_ptr<Difference> difference; ///< null: the same
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
            const auto name = m_options.renameA ? m_options.renameA(own) : std::string(own);
            if (m_options.renameA && !taken.insert(name).second)
                return fail(rules::analysis::RenameCollision, {std::string(own), name},
                            {{}, std::nullopt, name});
            const auto other = m_b->findTensor(name);
            if (other && selected(*m_b, *other)) {
                matched[other->index()] = true;
                m_pairs.push_back({id, *other});
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
            if (!outcomes[i].difference)
                m_out.same.emplace_back(m_pairs[i].a, m_pairs[i].b);
            else
                m_out.different.push_back(std::move(*outcomes[i].difference));
            outcomes[i].difference.reset();
            m_out.identical += outcomes[i].identical;
        }
        return {};
    }

    Result<Outcome> compareOne(const Pair& pair) const {
        const auto a = m_a->tensor(pair.a), b = m_b->tensor(pair.b);
        Difference found;
        found.a = pair.a;
        found.b = pair.b;
        const auto different = [&found] {
            return Outcome{false, std::make_unique<Difference>(std::move(found))};
        };
        if (!equal(a.shape(), b.shape())) {
            found.reason = Difference::Reason::Shape;
            return different();
        }
        const bool sameType = a.dtype() == b.dtype() && a.dtypeName() == b.dtypeName();
        found.reason = sameType ? Difference::Reason::Values : Difference::Reason::DType;
        if (!m_options.values)
            return sameType ? Outcome{} : different();
        const auto compared = values(pair, found);
        if (!compared) {
            if (compared.error().rule == &rules::JobCancelled)
                return Failure(compared.error());
            found.problem = std::make_shared<const Error>(compared.error());
            if (sameType)
                found.reason = Difference::Reason::Unreadable;
            return different();
        }
        return sameType && compared->equal ? Outcome{compared->identical, nullptr} : different();
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
