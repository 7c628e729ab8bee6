// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/header.h"

#include "base/endian.h"
#include "formats/file_damage.h"
#include "formats/json/rules.h"
#include "formats/json/sax.h"
#include "formats/json/utf8.h"
#include "formats/safetensors/check_header.h"
#include "formats/safetensors/raw_parser.h"
#include "formats/safetensors/rules.h"
#include "formats/safetensors/scan_header.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace shardlens::safetensors {

namespace st = rules::safetensors;

namespace {

constexpr std::string_view white = " \n\t\r";
constexpr std::uint64_t readStep = 16 * Limits::MiB; // between two looks at the stop token

Location at(const ByteSource& source, std::uint64_t offset) {
    return {source.name(), offset, {}};
}

/// The JSON room's failures in this room's words.
Error inHeadersWords(Error error, std::string_view sourceName) {
    error.where.file = sourceName;
    if (error.rule == &rules::json::TooDeep)
        error.rule = &st::HeaderTooDeep;
    else if (error.rule == &rules::json::NotJson)
        error.rule = &st::HeaderNotJson;
    return error;
}

Result<void> parseThoroughly(std::string_view text, std::string_view sourceName, std::uint64_t origin,
                             RawHeader& raw, FindingList& findings, const JobContext& context) {
    RawParser parser(text, sourceName, raw, findings, context);
    if (auto told = json::visitThoroughly(text, sourceName, parser, context, origin); !told)
        return Failure(inHeadersWords(std::move(told.error()), sourceName));
    if (parser.failure())
        return Failure(*parser.failure());
    return {};
}

/// The text without its padding, whose oddities are findings.
std::string_view checkPadding(std::string_view text, FindingList& findings) {
    if (text.ends_with('\0')) {
        const auto end = text.find_last_not_of('\0') + 1;
        findings.add(st::NulPadding, {std::uint64_t{text.size() - end}}, end);
        text = text.substr(0, end);
    }
    const auto begin = text.find_first_not_of(white);
    if (begin != 0 && begin != std::string_view::npos)
        findings.add(st::LeadingSpace, {}, 0);
    const auto end = text.find_last_not_of(white) + 1;
    if (const auto odd = text.find_first_not_of(' ', end); odd != std::string_view::npos && end != 0)
        findings.add(st::OtherPadding, {}, odd);
    return text.substr(0, end);
}

Result<std::uint64_t> headerLength(const ByteSource& source, HeaderPlace place,
                                   std::span<const std::byte> head, const JobContext& context) {
    const auto bytes = place.end - place.begin;
    if (place.begin == 0)
        SHARDLENS_CHECK(checkHead(head, bytes, source.name()));
    if (bytes < 8)
        return fail(st::TooShort, {source.name(), Bytes{bytes}}, at(source, place.begin));
    const auto length = loadLittle<std::uint64_t>(head.data());
    const auto there = bytes - 8;
    if (length > there) {
        const auto first = there == 0 ? '{' : static_cast<char>(head[8]);
        if (first == '{' || white.find(first) != std::string_view::npos)
            return fail(st::HeaderTruncated, {source.name(), Bytes{length}, Bytes{there}},
                        at(source, place.end));
        return fail(st::HeaderPastEnd, {source.name(), Bytes{length}, Bytes{there}}, at(source, place.begin));
    }
    // Positions in the header have 32 bits.
    const auto limit = std::min(context.limits->safetensorsHeader, std::uint64_t{0xffff'ffff});
    if (length > limit)
        return fail(st::HeaderTooLarge, {source.name(), Bytes{length}, Bytes{limit}},
                    at(source, place.begin));
    return length;
}

/// `head` holds the first bytes from place.begin on.
Result<void> readText(const ByteSource& source, std::uint64_t begin, std::span<const std::byte> head,
                      std::span<std::byte> out, const JobContext& context) {
    const auto known = std::min<std::size_t>(head.size() - 8, out.size());
    std::copy_n(head.begin() + 8, known, out.begin());
    for (std::size_t done = known; done < out.size();) {
        SHARDLENS_CHECK(context.checkStop());
        const auto step = std::min<std::size_t>(readStep, out.size() - done);
        SHARDLENS_CHECK(source.readAt(begin + done, out.subspan(done, step)));
        done += step;
    }
    return {};
}

} // namespace

const std::string* Header::findMetadata(std::string_view key) const {
    const auto found =
        std::find_if(metadata.rbegin(), metadata.rend(), [&](const auto& pair) { return pair.first == key; });
    return found == metadata.rend() ? nullptr : &found->second;
}

Result<Header> parseHeader(std::string_view text, std::string_view sourceName, ByteRange json, ByteRange data,
                           const JobContext& context) {
    SHARDLENS_CHECK(context.checkStop());
    Header header;
    header.json = json;
    header.data = data;
    FindingList findings(std::string(sourceName), json.begin);
    SHARDLENS_TRY(const auto bad, json::firstInvalidUtf8(text, context));
    if (bad != std::string_view::npos)
        return fail(st::HeaderNotUtf8, {std::string(sourceName)},
                    {std::string(sourceName), json.begin + bad, {}});
    if (text.size() > context.limits->safetensorsHeaderOfReference)
        findings.add(st::HeaderAboveReference,
                     {Bytes{text.size()}, Bytes{context.limits->safetensorsHeaderOfReference}}, 0);
    const auto body = checkPadding(text, findings);
    header.jsonEnd = json.begin + body.size();

    RawHeader raw;
    if (!scanHeader(body, raw, context)) {
        raw = {};
        if (body.starts_with("\xef\xbb\xbf")) // nlohmann's parser would skip it
            return fail(st::HeaderNotJson,
                        {std::string(sourceName), std::string("it begins with a byte order mark")},
                        {std::string(sourceName), json.begin, {}});
        SHARDLENS_CHECK(parseThoroughly(body, sourceName, json.begin, raw, findings, context));
    }
    checkHeader(std::move(raw), std::move(findings), header);
    return header;
}

Result<Header> readHeader(const ByteSource& source, const JobContext& context, HeaderPlace place) {
    SHARDLENS_CHECK(context.checkStop());
    place.end = std::min(place.end, source.size());
    place.begin = std::min(place.begin, place.end);
    std::array<std::byte, 4096> first;
    const auto head = std::span(first).first(std::min<std::uint64_t>(first.size(), place.end - place.begin));
    SHARDLENS_CHECK(source.readAt(place.begin, head));
    SHARDLENS_TRY(const auto length, headerLength(source, place, head, context));

    std::unique_ptr<std::byte[]> bytes(new (std::nothrow) std::byte[length]);
    if (bytes == nullptr)
        return fail(rules::OutOfMemory, {std::string("the header of a safetensors file")},
                    at(source, place.begin));
    const auto begin = place.begin + 8;
    SHARDLENS_CHECK(readText(source, begin, head, {bytes.get(), length}, context));
    const std::string_view text(reinterpret_cast<const char*>(bytes.get()), length);
    return parseHeader(text, source.name(), {begin, begin + length}, {begin + length, place.end}, context);
}

} // namespace shardlens::safetensors
