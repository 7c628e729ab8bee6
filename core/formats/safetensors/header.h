// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/error.h"
#include "base/result.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"
#include "model/box.h"
#include "model/columns.h"
#include "model/dtype.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::safetensors {

/// Where a header lies in a source. The whole source is one safetensors file unless somebody knows better:
/// DCP writes archives before it, and DDUF holds such files inside an archive.
struct HeaderPlace {
    std::uint64_t begin = 0; ///< of the eight bytes that say how long the header is
    std::uint64_t end =
        ~std::uint64_t{0}; ///< one past the last byte that belongs to it; cut to the source's size
};

/// Something wrong in a header. `what.where` names the source and the byte of the token in it. One of
/// severity Error makes the tensors that it lists unreadable; where it lists none, other readers refuse the
/// file and everything in it can still be read.
struct HeaderFinding {
    Error what;
    std::vector<std::uint32_t> tensors; ///< indices in the header
};

/// What may be done with a tensor's bytes.
enum class TensorState : std::uint8_t {
    Sound,        ///< its bytes are there and fit its dtype and shape
    UnknownDType, ///< its bytes are there, and nobody here knows how to read them
    Broken,       ///< a finding says why: offsets, sizes or the file's end
};

/// One file's header: columns in the header's order, each name once (of a repeated name the last entry
/// counts, at the place of the first). Immutable once read; about 60 bytes a tensor and the names.
struct Header {
    ByteRange json;            ///< the header's JSON in the source, trailing spaces included
    std::uint64_t jsonEnd = 0; ///< one past the JSON's last character that is no padding
    ByteRange data; ///< from the header's end to the place's end; offsets are relative to data.begin

    TextPool names;
    std::vector<DType> dtype;
    std::map<std::uint32_t, std::string> unknownDTypes; ///< by index
    std::vector<std::uint64_t> dims;                    ///< of all tensors, one after the other
    std::vector<std::uint64_t> dimsEnd;                 ///< one past the tensor's last dim in `dims`
    std::vector<std::uint64_t> begin; ///< in the source; 0 for tensors whose range makes no sense
    std::vector<std::uint64_t> end;
    std::vector<TensorState> state;
    std::vector<std::uint32_t> nameAt; ///< the name's token, from json.begin on

    std::vector<std::pair<std::string, std::string>> metadata; ///< `__metadata__`, raw, in file order
    bool hasMetadata = false;                                  ///< an object stood there, be it empty
    /// Fields of entries that the format does not know, as compact JSON, by the tensor's index, in file
    /// order.
    std::vector<std::pair<std::uint32_t, Fact>> unknownFields;
    std::vector<ByteRange> unclaimed; ///< data that no tensor claims: holes and what trails; sorted
    std::vector<HeaderFinding> findings;

    std::uint32_t count() const { return static_cast<std::uint32_t>(dtype.size()); }
    std::string_view name(std::uint32_t index) const { return names.at(index); }
    DimsView shape(std::uint32_t index) const {
        const auto first = index == 0 ? 0 : dimsEnd[index - 1];
        return DimsView(dims).subspan(first, dimsEnd[index] - first);
    }
    ByteRange stored(std::uint32_t index) const { return {begin[index], end[index]}; }
    std::string_view dtypeName(std::uint32_t index) const {
        const auto unknown = unknownDTypes.find(index);
        return unknown == unknownDTypes.end() ? shardlens::name(dtype[index])
                                              : std::string_view(unknown->second);
    }
    std::uint64_t nameOffset(std::uint32_t index) const { return json.begin + nameAt[index]; }
    /// The value of a `__metadata__` key (the last of that name), or null.
    const std::string* findMetadata(std::string_view key) const;
};

/// Reads and checks one header. Lenient: what can be described is, with findings; fails with a rule of
/// formats/safetensors/rules.h where nothing can (no header, cut off in it, not UTF-8, no JSON object, beyond
/// the limits) and with the source's own errors. Safe from many threads at once; reads the header alone, in
/// one thread, and looks at the stop token.
Result<Header> readHeader(const ByteSource& source, const JobContext& context, HeaderPlace place = {});

/// The same for JSON that is already in memory; `data` is where the tensors' bytes lie and `json` where the
/// bytes come from, both in a source of that name. For tests, fuzzers and benchmarks.
Result<Header> parseHeader(std::string_view text, std::string_view sourceName, ByteRange json, ByteRange data,
                           const JobContext& context);

} // namespace shardlens::safetensors
