// SPDX-License-Identifier: Apache-2.0
#include "io/file_source.h"

#include "base/checked.h"
#include "io/rules.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <unistd.h>
#include <utility>

namespace shardlens {

Result<ByteSourcePtr> FileSource::open(const std::string& path, std::string name,
                                       std::shared_ptr<DescriptorPool> pool) {
    auto source = std::shared_ptr<FileSource>(new FileSource);
    source->m_path = absolutePath(path);
    source->m_name = std::move(name);
    SHARDLENS_TRY(auto handle, pool->openRegular(source->m_path, source->m_name, source->m_identity));
    source->m_key = pool->add(std::move(handle));
    source->m_pool = std::move(pool);
    return source;
}

FileSource::~FileSource() {
    if (m_pool)
        m_pool->remove(m_key);
}

Result<void> FileSource::readAt(std::uint64_t offset, std::span<std::byte> out) const {
    const auto endedAt = [&](std::uint64_t end) {
        return fail(rules::UnexpectedEnd, {m_name, end, std::uint64_t{out.size()}},
                    {.file = m_name, .offset = offset, .item = {}});
    };
    if (!rangeFits(offset, out.size(), size()))
        return endedAt(size());
    if (out.empty())
        return {};
    SHARDLENS_TRY(const auto handle, acquire());
    std::size_t done = 0;
    while (done < out.size()) {
        const auto got =
            ::pread(handle->get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
        if (got > 0)
            done += static_cast<std::size_t>(got);
        else if (got == 0)
            return endedAt(offset + done);
        else if (errno != EINTR)
            return fail(rules::ReadFailed, {m_name, errorText(errno)},
                        {.file = m_name, .offset = offset + done, .item = {}});
    }
    return {};
}

void FileSource::willRead(std::uint64_t offset, std::uint64_t length) const {
    constexpr auto Largest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
    if (offset >= size())
        return;
    if (const auto handle = acquire())
        ::posix_fadvise((*handle)->get(), static_cast<off_t>(offset),
                        static_cast<off_t>(std::min(length, Largest)), POSIX_FADV_WILLNEED);
}

Result<ByteSource::Descriptor> FileSource::descriptor() const {
    SHARDLENS_TRY(const auto handle, acquire());
    return Descriptor{handle->get(), handle};
}

Result<ByteSourcePtr> openFile(const std::string& path) {
    return openFile(path, path);
}

Result<ByteSourcePtr> openFile(const std::string& path, std::string name) {
    return FileSource::open(path, std::move(name), DescriptorPool::shared());
}

} // namespace shardlens
