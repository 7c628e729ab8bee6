// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint_builder.h"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace shardlens::hub {

/// Adds findings to a builder, of each rule the first hundred; flush() adds one more that stands for the
/// rest, with their tensors. A hostile index can make each of a million files wrong.
class FindingLimit {
public:
    /// `locate` corrects the places of findings before they are added.
    explicit FindingLimit(CheckpointBuilder& builder, std::function<void(Location&)> locate = {})
        : m_builder(builder)
        , m_locate(std::move(locate)) {}

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
    std::function<void(Location&)> m_locate;
    std::map<const Rule*, Rest> m_rests;
};

} // namespace shardlens::hub
