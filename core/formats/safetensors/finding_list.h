// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/safetensors/header.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace shardlens::safetensors {

/// Collects a header's findings. The first of each rule are told one by one; the rest become one finding that
/// lists all their tensors, so that a hostile header cannot make millions of them.
class FindingList {
public:
    /// `origin` is added to the offsets given to add: where the header's text begins in the source.
    FindingList(std::string sourceName, std::uint64_t origin)
        : m_name(std::move(sourceName))
        , m_origin(origin) {}

    void add(const Rule& rule, Args args, std::uint64_t at, std::string item = {},
             std::vector<std::uint32_t> tensors = {});
    /// The same for a place in the source that is not in the header's text.
    void addAtSource(const Rule& rule, Args args, std::uint64_t offset, std::string item = {},
                     std::vector<std::uint32_t> tensors = {});

    std::vector<HeaderFinding>& items() { return m_items; }

private:
    static constexpr std::uint32_t toldOneByOne = 16;
    struct Count {
        std::uint64_t seen = 0;
        std::size_t more = 0; // the finding that stands for the rest
    };
    std::string m_name;
    std::uint64_t m_origin;
    std::vector<HeaderFinding> m_items;
    std::map<const Rule*, Count> m_counts;
};

} // namespace shardlens::safetensors
