// SPDX-License-Identifier: Apache-2.0
#include "analysis/model_statistics.h"

#include "analysis/rules.h"
#include "analysis/value_scan.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace shardlens {

namespace {

/// Smaller tensors are alike by accident: a step counter, a pair of scales.
constexpr std::uint64_t LeastToCompare = 16;

class Mixer {
public:
    void add(std::uint64_t word) {
        m_state ^= word + 0x9e3779b97f4a7c15 + (m_state << 6) + (m_state >> 2);
        m_state = (m_state ^ (m_state >> 31)) * 0xbf58476d1ce4e5b9;
    }
    void add(double number) { add(std::bit_cast<std::uint64_t>(number + 0.0)); } // −0 becomes 0
    std::uint64_t result() const { return m_state == 0 ? 1 : m_state; }

private:
    std::uint64_t m_state = 0x94d049bb133111eb;
};

/// One value throughout (zeros, ones, a mask): such tensors are alike by nature.
bool isConstant(const Figures& figures) {
    return figures.nan == figures.count || (figures.nan == 0 && figures.min == figures.max);
}

/// A number that equal bytes of equal shape have in common, however their slices are cut: of figures that are
/// exact and do not depend on the order of sums. 0 where a tensor is not to be compared.
std::uint64_t likeness(TensorView tensor, const Figures& figures) {
    if (figures.count < LeastToCompare || isConstant(figures))
        return 0;
    Mixer mixer;
    mixer.add(static_cast<std::uint64_t>(tensor.dtype()));
    for (const auto dim : tensor.shape())
        mixer.add(dim);
    for (const auto count : {figures.count, figures.zeros, figures.nan, figures.posinf, figures.neginf,
                             figures.subnormal, figures.negative})
        mixer.add(count);
    mixer.add(figures.min);
    mixer.add(figures.max);
    return mixer.result();
}

class ModelRun {
public:
    ModelRun(const CheckpointPtr& checkpoint, std::span<const TensorId> tensors, const JobContext& context)
        : m_checkpoint(checkpoint)
        , m_tensors(tensors)
        , m_context(context)
        , m_notes(tensors.size()) {}

    Result<Findings> run(const StatisticsOptions& options, const StatisticsSink& sink) {
        std::uint64_t bytes = 0;
        for (const auto id : m_tensors)
            if (const auto tensor = m_checkpoint->tensor(id); tensor.readable())
                bytes += tensor.bytes();
        m_context.begin("reading values", bytes);
        SHARDLENS_CHECK(computeStatistics(m_checkpoint, m_tensors, options, m_context,
                                          [&](std::size_t index, TensorStatistics figures) {
                                              note(index, figures);
                                              sink(index, std::move(figures));
                                          }));
        reportProblems();
        report(ValueHealth::HasNan, rules::analysis::HasNan);
        report(ValueHealth::HasInfinity, rules::analysis::HasInfinity);
        report(ValueHealth::AllZero, rules::analysis::AllZero);
        SHARDLENS_CHECK(reportIdentical());
        return std::move(m_findings);
    }

private:
    struct Note {
        std::uint64_t nan = 0, infinite = 0;
        std::uint64_t likeness = 0;
        bool allZero = false;
    };

    /// Each index is noted by one worker.
    void note(std::size_t index, const TensorStatistics& figures) {
        if (figures.statistics) {
            const auto& known = *figures.statistics;
            m_notes[index] = {known.nan, known.posinf + known.neginf,
                              likeness(m_checkpoint->tensor(m_tensors[index]), known),
                              valueHealth(known) == ValueHealth::AllZero};
        } else if (figures.problem && m_checkpoint->tensor(m_tensors[index]).readable()) {
            const std::lock_guard lock(m_mutex);
            m_problems.emplace(index, *figures.problem);
        }
    }

    std::string nameOf(TensorId id) const { return std::string(m_checkpoint->tensor(id).name()); }

    void reportProblems() {
        for (auto& [index, problem] : m_problems) {
            const auto id = m_tensors[index];
            if (problem.where.item.empty())
                problem.where.item = nameOf(id);
            m_findings.push_back({std::move(problem), {Subject::Kind::Tensor, id.value()}, {id}});
        }
    }

    static std::uint64_t countOf(const Note& note, ValueHealth health) {
        return health == ValueHealth::HasNan        ? note.nan
               : health == ValueHealth::HasInfinity ? note.infinite
                                                    : std::uint64_t{note.allZero};
    }

    void report(ValueHealth health, const Rule& rule) {
        std::vector<TensorId> touched;
        std::uint64_t values = 0;
        for (std::size_t i = 0; i < m_notes.size(); ++i)
            if (const auto count = countOf(m_notes[i], health); count > 0) {
                touched.push_back(m_tensors[i]);
                values += count;
            }
        if (touched.empty())
            return;
        const auto first = touched.front();
        Args args{std::uint64_t{touched.size()}};
        if (health != ValueHealth::AllZero)
            args.emplace_back(values);
        args.emplace_back(nameOf(first));
        m_findings.push_back(
            {{&rule, std::move(args), {}}, {Subject::Kind::Tensor, first.value()}, std::move(touched)});
    }

    /// Indices of tensors that another one may equal, in rising order.
    std::vector<std::size_t> candidates() const {
        std::vector<std::pair<std::uint64_t, std::size_t>> order;
        for (std::size_t i = 0; i < m_notes.size(); ++i)
            if (m_notes[i].likeness != 0)
                order.emplace_back(m_notes[i].likeness, i);
        std::ranges::sort(order);
        std::vector<std::size_t> out;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const bool before = i > 0 && order[i - 1].first == order[i].first;
            const bool after = i + 1 < order.size() && order[i + 1].first == order[i].first;
            if (before || after)
                out.push_back(order[i].second);
        }
        std::ranges::sort(out);
        return out;
    }

    Result<std::vector<std::string>> digestsOf(const std::vector<std::size_t>& indices) const {
        std::uint64_t bytes = 0;
        for (const auto index : indices)
            bytes += m_checkpoint->tensor(m_tensors[index]).bytes();
        m_context.begin("comparing tensors that look alike", bytes);
        std::vector<std::string> out(indices.size());
        SHARDLENS_CHECK(parallelFor(m_context, indices.size(), [&](std::size_t i) -> Result<void> {
            auto scan = scanValues(m_checkpoint, m_tensors[indices[i]], m_context);
            if (scan)
                out[i] = std::move(scan->digest);
            else if (scan.error().rule == &rules::JobCancelled)
                return Failure(std::move(scan).error());
            return {}; // read a moment ago and gone now: it equals nothing
        }));
        return out;
    }

    Result<void> reportIdentical() {
        const auto indices = candidates();
        if (indices.empty())
            return {};
        SHARDLENS_TRY(const auto digests, digestsOf(indices));
        std::map<std::pair<std::uint64_t, std::string>, TensorId> first;
        std::vector<TensorId> same;
        std::pair<TensorId, TensorId> pair;
        for (std::size_t i = 0; i < indices.size(); ++i) {
            if (digests[i].empty())
                continue;
            const auto id = m_tensors[indices[i]];
            const auto [known, isNew] =
                first.try_emplace(std::pair(m_notes[indices[i]].likeness, digests[i]), id);
            const auto storage = m_checkpoint->tensor(id).storage();
            if (isNew || (storage && storage == m_checkpoint->tensor(known->second).storage()))
                continue;
            if (same.empty())
                pair = {known->second, id};
            same.push_back(id);
        }
        if (!same.empty())
            m_findings.push_back({{&rules::analysis::Identical,
                                   {std::uint64_t{same.size()}, nameOf(pair.first), nameOf(pair.second)},
                                   {}},
                                  {Subject::Kind::Tensor, pair.second.value()},
                                  std::move(same)});
        return {};
    }

    const CheckpointPtr& m_checkpoint;
    std::span<const TensorId> m_tensors;
    const JobContext& m_context;
    std::vector<Note> m_notes;
    std::mutex m_mutex;
    std::map<std::size_t, Error> m_problems;
    Findings m_findings;
};

} // namespace

ValueHealth valueHealth(const Figures& figures) {
    if (figures.nan > 0)
        return ValueHealth::HasNan;
    if (figures.posinf + figures.neginf > 0)
        return ValueHealth::HasInfinity;
    return figures.count > 1 && figures.zeros == figures.count ? ValueHealth::AllZero : ValueHealth::Sound;
}

Result<Findings> modelStatistics(const CheckpointPtr& checkpoint, std::span<const TensorId> tensors,
                                 const StatisticsOptions& options, const JobContext& context,
                                 const StatisticsSink& sink) {
    return ModelRun(checkpoint, tensors, context).run(options, sink);
}

} // namespace shardlens
