// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/byte_source.h"
#include "io/descriptor_pool.h"

namespace shardlens {

/// A regular file whose descriptor comes from a pool.
class FileSource final : public ByteSource {
public:
    static Result<ByteSourcePtr> open(const std::string& path, std::string name,
                                      std::shared_ptr<DescriptorPool> pool);
    ~FileSource() override;

    const std::string& name() const override { return m_name; }
    std::uint64_t size() const override { return m_identity.bytes; }
    FileIdentity identity() const override { return m_identity; }
    Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override;
    void willRead(std::uint64_t offset, std::uint64_t length) const override;
    Result<Descriptor> descriptor() const override;

private:
    FileSource() = default;
    Result<DescriptorPool::Handle> acquire() const {
        return m_pool->acquire(m_key, m_path, m_name, m_identity);
    }

    std::string m_path; // absolute
    std::string m_name;
    FileIdentity m_identity;
    std::shared_ptr<DescriptorPool> m_pool;
    DescriptorPool::Key m_key = 0;
};

} // namespace shardlens
