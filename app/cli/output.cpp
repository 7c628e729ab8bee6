// SPDX-License-Identifier: Apache-2.0
#include "app/cli/output.h"

namespace shardlens::cli {

void Output::flush() {
    if (!m_buffer.empty() && m_error == 0)
        m_error = m_sink.write(m_buffer);
    m_buffer.clear();
}

} // namespace shardlens::cli
