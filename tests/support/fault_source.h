// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/byte_source.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::test {

/// Another source with faults put in. Set it up before it is read; reading is safe from many threads.
class FaultSource final : public ByteSource {
public:
    explicit FaultSource(ByteSourcePtr inner) : m_inner(std::move(inner)) {}

    /// Reads that touch this byte fail with `io.read-failed`.
    std::optional<std::uint64_t> badByte;
    /// Reads that go beyond fail with `io.unexpected-end`, although size() says more: a file that shrank.
    std::optional<std::uint64_t> endsAt;
    /// From this read on (0 is the first) everything fails with `io.changed`.
    std::optional<std::uint64_t> changesAtRead;
    /// Every read waits so long: a slow share.
    std::chrono::milliseconds delay{0};
    /// Claims this size instead of its own.
    std::optional<std::uint64_t> claimedSize;

    std::uint64_t reads() const { return m_reads; }
    std::uint64_t bytesRead() const { return m_bytes; }

    const std::string& name() const override { return m_inner->name(); }
    std::uint64_t size() const override { return claimedSize.value_or(m_inner->size()); }
    FileIdentity identity() const override { return m_inner->identity(); }
    Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override;

private:
    ByteSourcePtr m_inner;
    mutable std::atomic<std::uint64_t> m_reads{0};
    mutable std::atomic<std::uint64_t> m_bytes{0};
};

} // namespace shardlens::test
