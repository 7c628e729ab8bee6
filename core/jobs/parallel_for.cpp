// SPDX-License-Identifier: Apache-2.0
#include "jobs/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace shardlens {

namespace {

/// What the threads of one call share.
class Shared {
public:
    Shared(const JobContext& context, std::size_t count, const std::function<Result<void>(std::size_t)>& work)
        : m_context(context)
        , m_count(count)
        , m_work(work) {}

    void run() {
        while (!m_over.load(std::memory_order_relaxed)) {
            const auto index = m_next.fetch_add(1, std::memory_order_relaxed);
            if (index >= m_count)
                return;
            if (auto result = runOne(index); !result)
                record(index, std::move(result).error());
        }
    }

    Result<void> result() {
        if (m_unknown)
            std::rethrow_exception(m_unknown);
        if (m_failure)
            return Failure(std::move(*m_failure));
        return {};
    }

private:
    Result<void> runOne(std::size_t index) {
        SHARDLENS_CHECK(m_context.checkStop());
        try {
            return m_work(index);
        } catch (const std::bad_alloc&) {
            return fail(rules::OutOfMemory, {std::string("an allocation failed")});
        } catch (const std::length_error&) {
            return fail(rules::OutOfMemory, {std::string("a size exceeds what memory can hold")});
        } catch (...) {
            // A defect of the program: it belongs to the caller's thread, where it can be seen.
            const std::lock_guard lock(m_mutex);
            m_unknown = std::current_exception();
            m_over = true;
            return {};
        }
    }

    void record(std::size_t index, Error error) {
        const std::lock_guard lock(m_mutex);
        m_over = true;
        if (!m_failure || index < m_failedIndex) {
            m_failure = std::move(error);
            m_failedIndex = index;
        }
    }

    const JobContext& m_context;
    const std::size_t m_count;
    const std::function<Result<void>(std::size_t)>& m_work;
    std::atomic<std::size_t> m_next{0};
    std::atomic<bool> m_over{false};
    std::mutex m_mutex;
    std::optional<Error> m_failure;
    std::size_t m_failedIndex = 0;
    std::exception_ptr m_unknown;
};

} // namespace

Result<void> parallelFor(const JobContext& context, std::size_t count,
                         const std::function<Result<void>(std::size_t)>& work) {
    Shared shared(context, count, work);
    {
        std::vector<std::jthread> helpers;
        const auto threads = std::min<std::size_t>(context.threadCount(), count);
        helpers.reserve(threads);
        try {
            for (std::size_t i = 1; i < threads; ++i)
                helpers.emplace_back([&shared] { shared.run(); });
        } catch (const std::system_error&) {
            // The system grants no more threads: those that run will do it.
        }
        shared.run();
    }
    return shared.result();
}

} // namespace shardlens
