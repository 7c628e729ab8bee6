// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint_builder.h"

#include <cstdint>
#include <map>
#include <vector>

namespace shardlens::hub {

/// Adds findings to a builder, of each rule the first hundred; flush() adds one more that stands for the
/// rest, with their tensors. A hostile index can make each of a million files wrong.
class FindingLimit {
public:
    explicit FindingLimit(CheckpointBuilder& builder) : m_builder(builder) {}

    void add(Finding finding);
    void add(const Rule& rule, Args args, Location where = {}, Subject subject = {},
             std::vector<TensorId> tensors = {});
    void flush();

private:
    struct Rest {
        std::uint64_t added = 0, further = 0;
        std::vector<TensorId> tensors;
    };
    CheckpointBuilder& m_builder;
    std::map<const Rule*, Rest> m_rests;
};

} // namespace shardlens::hub
