// SPDX-License-Identifier: Apache-2.0
#include "support/fault_source.h"

#include "io/rules.h"

#include <thread>

namespace shardlens::test {

Result<void> FaultSource::readAt(std::uint64_t offset, std::span<std::byte> out) const {
    const auto number = m_reads++;
    m_bytes += out.size();
    if (delay.count() > 0)
        std::this_thread::sleep_for(delay);
    if (changesAtRead && number >= *changesAtRead)
        return fail(rules::Changed, {name()}, {.file = name(), .offset = {}, .item = {}});
    if (badByte && *badByte >= offset && *badByte - offset < out.size())
        return fail(rules::ReadFailed, {name(), std::string("an injected fault")},
                    {.file = name(), .offset = *badByte, .item = {}});
    if (endsAt && offset + out.size() > *endsAt)
        return fail(rules::UnexpectedEnd, {name(), *endsAt, std::uint64_t{out.size()}},
                    {.file = name(), .offset = offset, .item = {}});
    return m_inner->readAt(offset, out);
}

} // namespace shardlens::test
