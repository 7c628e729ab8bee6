// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/endian.h"
#include "formats/pickle/machine.h"

namespace shardlens::pickle {

template <typename T>
inline bool Machine::number(T& value) {
    if (!need(sizeof(T))) [[unlikely]]
        return false;
    value = loadLittle<T>(m_at);
    m_at += sizeof(T);
    return true;
}

} // namespace shardlens::pickle
