// SPDX-License-Identifier: Apache-2.0
#include "query/filter.h"

#include "jobs/parallel_for.h"
#include "query/filter_match.h"
#include "query/filter_split.h"
#include "query/filter_term.h"

#include <algorithm>
#include <atomic>
#include <bit>

namespace shardlens {

namespace {

constexpr std::size_t ItemsATask = 16384; // a multiple of 64, so that tasks own whole words

std::size_t taskCount(std::size_t items) {
    return (items + ItemsATask - 1) / ItemsATask;
}

} // namespace

struct Filter::Impl {
    std::string text;
    std::vector<FilterTerm> spans;
    std::vector<ParsedTerm> terms;
};

Result<Filter> Filter::parse(std::string_view text) {
    auto impl = std::make_shared<Impl>();
    impl->text = text;
    for (const auto& raw : splitRaw(text)) {
        SHARDLENS_TRY(auto term, parseTerm(raw));
        impl->spans.push_back(term.span);
        impl->terms.push_back(std::move(term));
    }
    Filter out;
    out.m_impl = std::move(impl);
    return out;
}

bool Filter::matchesAll() const {
    return !m_impl || m_impl->terms.empty();
}

const std::string& Filter::text() const {
    static const std::string none;
    return m_impl ? m_impl->text : none;
}

const std::vector<FilterTerm>& Filter::terms() const {
    static const std::vector<FilterTerm> none;
    return m_impl ? m_impl->spans : none;
}

Result<std::vector<std::uint64_t>> Filter::apply(const Checkpoint& checkpoint,
                                                 const JobContext& context) const {
    const std::size_t items = itemCount(checkpoint);
    std::vector<std::uint64_t> bits((items + 63) / 64, matchesAll() ? ~std::uint64_t{0} : 0);
    if (matchesAll()) {
        if (items % 64 != 0)
            bits.back() = (std::uint64_t{1} << items % 64) - 1;
        return bits;
    }
    const FilterMatch match(m_impl->terms, checkpoint);
    const auto task = [&](std::size_t index) -> Result<void> {
        const auto end = std::min(items, (index + 1) * ItemsATask);
        for (auto item = index * ItemsATask; item < end; ++item)
            if (match.all(static_cast<ItemIndex>(item)))
                bits[item / 64] |= std::uint64_t{1} << item % 64;
        return {};
    };
    SHARDLENS_CHECK(parallelFor(context, taskCount(items), task));
    return bits;
}

bool Filter::matches(const Checkpoint& checkpoint, TensorId tensor) const {
    return matchesAll() || FilterMatch(m_impl->terms, checkpoint).all(tensor.value());
}

std::size_t Filter::termToDrop(const Checkpoint& checkpoint, const JobContext& context) const {
    const auto none = terms().size();
    if (matchesAll())
        return none;
    const FilterMatch match(m_impl->terms, checkpoint);
    const std::size_t items = itemCount(checkpoint);
    std::atomic<std::size_t> first{none};
    std::atomic<bool> something{false};
    const auto task = [&](std::size_t index) -> Result<void> {
        const auto end = std::min(items, (index + 1) * ItemsATask);
        for (auto item = index * ItemsATask; item < end; ++item) {
            const auto failing = match.onlyFailing(static_cast<ItemIndex>(item));
            if (!failing) {
                if (match.all(static_cast<ItemIndex>(item)))
                    something = true;
                continue;
            }
            auto known = first.load();
            while (*failing < known && !first.compare_exchange_weak(known, *failing)) {
            }
        }
        return {};
    };
    const auto done = parallelFor(context, taskCount(items), task);
    return !done || something ? none : first.load();
}

} // namespace shardlens
