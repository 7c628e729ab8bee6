// SPDX-License-Identifier: Apache-2.0
// The strict scanner reads headers as the thorough parser does, and accepts nothing in which the latter finds
// anything odd. Inputs are files, whose header is taken, or headers alone.
#include "base/endian.h"
#include "formats/json/sax.h"
#include "formats/json/utf8.h"
#include "formats/safetensors/raw_parser.h"
#include "formats/safetensors/scan_header.h"
#include "fuzz/target.h"

namespace shardlens::fuzz {

namespace {

using safetensors::RawHeader;

std::string_view headerOf(std::string_view input) {
    if (input.size() < 8)
        return input;
    const auto length = loadLittle<std::uint64_t>(reinterpret_cast<const std::byte*>(input.data()));
    return length <= input.size() - 8 ? input.substr(8, length) : input;
}

bool sameNames(const TextPool& a, const TextPool& b) {
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a.at(i) != b.at(i))
            return false;
    return true;
}

bool same(const RawHeader& a, const RawHeader& b) {
    return sameNames(a.names, b.names) && a.nameAt == b.nameAt && a.dtypeAt == b.dtypeAt &&
           a.shapeAt == b.shapeAt && a.offsetsAt == b.offsetsAt && a.dtype == b.dtype &&
           a.unknownDTypes == b.unknownDTypes && a.dims == b.dims && a.dimsEnd == b.dimsEnd &&
           a.begin == b.begin && a.end == b.end && a.metadata == b.metadata && a.metadataAt == b.metadataAt &&
           a.hasMetadata == b.hasMetadata && a.unknownFields == b.unknownFields;
}

void run(std::string_view input) {
    const auto text = headerOf(input);
    if (json::firstInvalidUtf8(text) != std::string_view::npos)
        return;
    const JobContext context;
    RawHeader fast, thorough;
    const bool sure = safetensors::scanHeader(text, fast, context);
    safetensors::FindingList findings("input", 0);
    safetensors::RawParser parser(text, "input", thorough, findings, context);
    const auto result = json::visitThoroughly(text, "input", parser, context);
    if (!sure)
        return;
    require(result.has_value() && !parser.failure(), "what the scanner accepts is a header");
    require(findings.items().empty() && thorough.broken.empty(), "what the scanner accepts has nothing odd");
    require(same(fast, thorough), "both parsers read the same");
}

const Registered registered({"safetensors_header", run, {"hostile/safetensors", "data"}});

} // namespace

} // namespace shardlens::fuzz
