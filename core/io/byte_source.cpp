// SPDX-License-Identifier: Apache-2.0
#include "io/byte_source.h"

#include "base/checked.h"
#include "io/rules.h"
#include "jobs/job_context.h"

#include <atomic>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace shardlens {

namespace {

Failure endOf(const ByteSource& source, std::uint64_t offset, std::uint64_t length) {
    return fail(rules::UnexpectedEnd, {source.name(), source.size(), length},
                {.file = source.name(), .offset = offset, .item = {}});
}

Failure noMemoryFor(const ByteSource& source) {
    return fail(rules::OutOfMemory, {source.name()}, {.file = source.name(), .offset = {}, .item = {}});
}

class MemorySource final : public ByteSource {
public:
    MemorySource(std::string name, std::vector<std::byte> bytes)
        : m_name(std::move(name))
        , m_bytes(std::move(bytes)) {
        static std::atomic<std::uint64_t> count{0};
        m_identity.inode = ++count;
        m_identity.bytes = m_bytes.size();
    }

    const std::string& name() const override { return m_name; }
    std::uint64_t size() const override { return m_bytes.size(); }
    FileIdentity identity() const override { return m_identity; }

    Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override {
        if (!rangeFits(offset, out.size(), size()))
            return endOf(*this, offset, out.size());
        if (!out.empty())
            std::memcpy(out.data(), m_bytes.data() + offset, out.size());
        return {};
    }

private:
    std::string m_name;
    std::vector<std::byte> m_bytes;
    FileIdentity m_identity;
};

class WindowSource final : public ByteSource {
public:
    WindowSource(ByteSourcePtr whole, std::uint64_t offset, std::uint64_t length, std::string name)
        : m_whole(std::move(whole))
        , m_offset(offset)
        , m_length(length)
        , m_name(std::move(name)) {}

    const std::string& name() const override { return m_name; }
    std::uint64_t size() const override { return m_length; }
    FileIdentity identity() const override { return m_whole->identity(); }

    Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override {
        if (!rangeFits(offset, out.size(), m_length))
            return endOf(*this, offset, out.size());
        return m_whole->readAt(m_offset + offset, out);
    }

    void willRead(std::uint64_t offset, std::uint64_t length) const override {
        if (rangeFits(offset, length, m_length))
            m_whole->willRead(m_offset + offset, length);
    }

private:
    ByteSourcePtr m_whole;
    std::uint64_t m_offset;
    std::uint64_t m_length;
    std::string m_name;
};

} // namespace

void ByteSource::willRead(std::uint64_t, std::uint64_t) const {}

Result<ByteSource::Descriptor> ByteSource::descriptor() const {
    return Descriptor{};
}

ByteSourcePtr memorySource(std::string name, std::vector<std::byte> bytes) {
    return std::make_shared<MemorySource>(std::move(name), std::move(bytes));
}

Result<ByteSourcePtr> windowSource(ByteSourcePtr whole, std::uint64_t offset, std::uint64_t length,
                                   std::string name) {
    if (!rangeFits(offset, length, whole->size()))
        return endOf(*whole, offset, length);
    return std::make_shared<WindowSource>(std::move(whole), offset, length, std::move(name));
}

Result<std::vector<std::byte>> readAll(const ByteSource& source, std::uint64_t limit) {
    if (source.size() > limit)
        return fail(rules::TooLarge, {source.name(), Bytes{source.size()}, Bytes{limit}},
                    {.file = source.name(), .offset = {}, .item = {}});
    try {
        std::vector<std::byte> bytes(source.size());
        SHARDLENS_CHECK(source.readAt(0, bytes));
        return bytes;
    } catch (const std::bad_alloc&) {
        return noMemoryFor(source);
    } catch (const std::length_error&) { // more than a vector can ever hold
        return noMemoryFor(source);
    }
}

} // namespace shardlens
