// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/safetensors/header.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::safetensors {

/// What a header's text says, entry by entry, before anything is checked against the file: the strict scanner
/// and the thorough parser both fill this, and must agree. Positions are bytes of the text; 0 where a field
/// is absent.
struct RawHeader {
    TextPool names; ///< repeated ones too
    std::vector<std::uint32_t> nameAt, dtypeAt, shapeAt, offsetsAt;
    std::vector<DType> dtype;
    std::map<std::uint32_t, std::string> unknownDTypes;
    std::vector<std::uint64_t> dims, dimsEnd;
    std::vector<std::uint64_t> begin, end; ///< data_offsets, relative to the data
    std::vector<std::uint32_t> broken;     ///< entries that a finding makes unusable, rising
    std::vector<std::pair<std::string, std::string>> metadata;
    std::vector<std::uint32_t> metadataAt; ///< of the keys
    bool hasMetadata = false;
    std::vector<std::pair<std::uint32_t, Fact>> unknownFields;

    std::uint32_t count() const { return static_cast<std::uint32_t>(nameAt.size()); }
    /// Adds an entry that has a name and nothing else yet.
    void addEntry(std::string_view name, std::uint32_t at) {
        names.add(name);
        nameAt.push_back(at);
        dtypeAt.push_back(0);
        shapeAt.push_back(0);
        offsetsAt.push_back(0);
        dtype.push_back(DType::Unknown);
        dimsEnd.push_back(dims.size());
        begin.push_back(0);
        end.push_back(0);
    }
    void setDType(std::string_view text, std::uint32_t at);
    void reserve(std::size_t entries, std::size_t nameBytes);
};

/// The dtype that the format calls so, or Unknown.
DType formatDType(std::string_view text);

} // namespace shardlens::safetensors
