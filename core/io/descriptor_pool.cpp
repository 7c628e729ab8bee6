// SPDX-License-Identifier: Apache-2.0
#include "io/descriptor_pool.h"

#include "base/limits.h"
#include "io/rules.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <utility>

namespace shardlens {

DescriptorPool::DescriptorPool(std::size_t capacity) : m_capacity(std::max<std::size_t>(1, capacity)) {}

const std::shared_ptr<DescriptorPool>& DescriptorPool::shared() {
    static const auto pool = std::make_shared<DescriptorPool>(defaultLimits().openFiles);
    return pool;
}

// Closing may take long (network shares), so that evicted handles die after the lock is released.
void DescriptorPool::insertLocked(Key key, Handle handle, std::list<Open>& evicted) {
    m_used.push_front({key, std::move(handle)});
    m_open[key] = m_used.begin();
    while (m_used.size() > m_capacity) {
        m_open.erase(m_used.back().key);
        evicted.splice(evicted.begin(), m_used, std::prev(m_used.end()));
    }
}

DescriptorPool::Key DescriptorPool::add(Handle handle) {
    std::list<Open> evicted;
    const std::lock_guard lock(m_mutex);
    const auto key = m_nextKey++;
    insertLocked(key, std::move(handle), evicted);
    return key;
}

void DescriptorPool::remove(Key key) {
    std::list<Open> removed;
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_open.find(key); found != m_open.end()) {
        removed.splice(removed.begin(), m_used, found->second);
        m_open.erase(found);
    }
}

Result<DescriptorPool::Handle> DescriptorPool::acquire(Key key, const std::string& path,
                                                       const std::string& name,
                                                       const FileIdentity& identity) {
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_open.find(key); found != m_open.end()) {
            m_used.splice(m_used.begin(), m_used, found->second);
            return found->second->handle;
        }
    }
    FileIdentity now;
    SHARDLENS_TRY(auto handle, openRegular(path, name, now));
    if (now != identity)
        return fail(rules::Changed, {name}, {.file = name, .offset = {}, .item = {}});
    std::list<Open> evicted;
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_open.find(key); found != m_open.end())
        return found->second->handle; // another thread was faster
    insertLocked(key, handle, evicted);
    return handle;
}

Result<DescriptorPool::Handle> DescriptorPool::openRegular(const std::string& path, const std::string& name,
                                                           FileIdentity& identity) {
    SHARDLENS_TRY(const auto before, statPath(path, name));
    SHARDLENS_CHECK(checkRegular(before, name));
    // Between stat and open a fifo may have taken the name: O_NONBLOCK keeps that from blocking.
    constexpr int Flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = ::open(path.c_str(), Flags);
    while (fd < 0 && (errno == EINTR || ((errno == EMFILE || errno == ENFILE) && closeAll())))
        fd = ::open(path.c_str(), Flags);
    if (fd < 0)
        return accessFailure(errno, name);
    auto handle = std::make_shared<const UniqueFd>(fd);
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        return accessFailure(errno, name);
    SHARDLENS_CHECK(checkRegular(status, name));
    identity = identityOf(status);
    return handle;
}

bool DescriptorPool::closeAll() {
    std::list<Open> closed;
    const std::lock_guard lock(m_mutex);
    m_open.clear();
    closed.swap(m_used);
    return !closed.empty();
}

std::size_t DescriptorPool::openCount() const {
    const std::lock_guard lock(m_mutex);
    return m_used.size();
}

} // namespace shardlens
