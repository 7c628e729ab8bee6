// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/writer.h"

#include "base/checked.h"
#include "base/endian.h"
#include "formats/json/utf8.h"
#include "formats/safetensors/names_index.h"
#include "formats/safetensors/rules.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace shardlens::safetensors {

namespace st = rules::safetensors;

namespace {

/// A tensor's bytes, after everything that could keep it from being written was looked at.
Result<std::uint64_t> bytesToWrite(const TensorToWrite& tensor) {
    const std::string name(tensor.name);
    const Location where{{}, {}, name};
    if (json::firstInvalidUtf8(tensor.name) != std::string_view::npos)
        return fail(st::WriteName, {name, std::string("it is not UTF-8")}, where);
    if (tensor.name == "__metadata__")
        return fail(st::WriteName, {name, std::string("the format keeps this name for itself")}, where);
    if (!info(tensor.dtype).inSafetensors)
        return fail(st::WriteDType, {name, std::string(shardlens::name(tensor.dtype))}, where);
    const auto elements = checkedProduct(tensor.shape);
    const auto bytes = elements ? packedBytes(tensor.dtype, *elements) : std::nullopt;
    if (!bytes)
        return fail(st::WriteSize, {name}, where);
    return *bytes;
}

Result<void> checkMetadata(const std::vector<std::pair<std::string, std::string>>& metadata) {
    TextPool keys;
    for (const auto& [key, value] : metadata) {
        if (json::firstInvalidUtf8(key) != std::string_view::npos ||
            json::firstInvalidUtf8(value) != std::string_view::npos)
            return fail(st::WriteName, {key, std::string("it is not UTF-8")}, {{}, {}, key});
        keys.add(key);
    }
    if (const auto repeated = findRepeated(keys); !repeated.empty()) {
        const auto& key = metadata[repeated.front().first].first;
        return fail(st::WriteRepeatedName, {key}, {{}, {}, key});
    }
    return {};
}

void appendNumber(std::string& out, std::uint64_t number) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

void appendMetadata(std::string& out, const std::vector<std::pair<std::string, std::string>>& metadata) {
    out += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata) {
        appendJsonString(out, key);
        out += ':';
        appendJsonString(out, value);
        out += ',';
    }
    out.back() = '}';
    out += ',';
}

void appendTensor(std::string& out, const TensorToWrite& tensor, std::uint64_t begin, std::uint64_t end) {
    appendJsonString(out, tensor.name);
    out += ":{\"dtype\":\"";
    out += shardlens::name(tensor.dtype);
    out += "\",\"shape\":[";
    for (const auto dim : tensor.shape) {
        appendNumber(out, dim);
        out += ',';
    }
    if (!tensor.shape.empty())
        out.pop_back();
    out += "],\"data_offsets\":[";
    appendNumber(out, begin);
    out += ',';
    appendNumber(out, end);
    out += "]},";
}

/// Sets where each tensor's data begins, from the end of the header on, and returns where it ends.
Result<std::vector<std::uint64_t>> placeTensors(std::span<const TensorToWrite> tensors,
                                                const std::vector<std::uint32_t>& order,
                                                std::vector<std::uint64_t>& offsets) {
    offsets.resize(tensors.size());
    std::vector<std::uint64_t> ends(tensors.size());
    std::uint64_t end = 0;
    for (std::size_t i = 0; i != tensors.size(); ++i) {
        const auto index = order.empty() ? i : order[i];
        const auto& tensor = tensors[index];
        SHARDLENS_TRY(const auto bytes, bytesToWrite(tensor));
        const auto next = checkedAdd(end, bytes);
        if (!next)
            return fail(st::WriteSize, {std::string(tensor.name)}, {{}, {}, std::string(tensor.name)});
        offsets[index] = end;
        ends[index] = end = *next;
    }
    return ends;
}

} // namespace

void appendJsonString(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (code >= 0x20 && c != '"' && c != '\\') {
            out += c;
            continue;
        }
        out += '\\';
        switch (c) {
        case '"':
        case '\\':
            out += c;
            break;
        case '\b':
            out += 'b';
            break;
        case '\f':
            out += 'f';
            break;
        case '\n':
            out += 'n';
            break;
        case '\r':
            out += 'r';
            break;
        case '\t':
            out += 't';
            break;
        default:
            out += "u00";
            out += hex[code >> 4];
            out += hex[code & 15];
        }
    }
    out += '"';
}

Result<WrittenHeader> buildHeader(std::span<const TensorToWrite> tensors, const WriterOptions& options) {
    SHARDLENS_CHECK(checkMetadata(options.metadata));
    WrittenHeader written;
    std::string json = "{";
    if (!options.metadata.empty())
        appendMetadata(json, options.metadata);
    TextPool names;
    SHARDLENS_TRY(const auto ends, placeTensors(tensors, options.dataOrder, written.offsets));
    for (std::size_t i = 0; i != tensors.size(); ++i) {
        names.add(tensors[i].name);
        appendTensor(json, tensors[i], written.offsets[i], ends[i]);
    }
    const auto end = ends.empty() ? 0 : *std::ranges::max_element(ends);
    if (const auto repeated = findRepeated(names); !repeated.empty()) {
        const std::string name(names.at(repeated.front().first));
        return fail(st::WriteRepeatedName, {name}, {{}, {}, name});
    }
    if (json.back() == ',')
        json.pop_back();
    json += '}';

    const auto begin = checkedAlignUp(std::uint64_t{json.size()} + 8, options.alignment);
    const auto fileBytes = begin ? checkedAdd(*begin, end) : std::nullopt;
    if (!fileBytes)
        return fail(st::WriteSize, {std::string("the file")});
    json.resize(*begin - 8, ' ');
    written.bytes.resize(*begin);
    storeLittle(written.bytes.data(), std::uint64_t{json.size()});
    std::memcpy(written.bytes.data() + 8, json.data(), json.size());
    for (auto& offset : written.offsets)
        offset += *begin;
    written.fileBytes = *fileBytes;
    return written;
}

} // namespace shardlens::safetensors
