// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/output.h"

namespace shardlens::cli {

/// Standard output or error. Does not own the descriptor.
class DescriptorSink : public Sink {
public:
    explicit DescriptorSink(int descriptor) : m_descriptor(descriptor) {}
    int write(std::string_view text) override;
    bool isTerminal() const override;
    int width() const override;

private:
    int m_descriptor;
};

} // namespace shardlens::cli
