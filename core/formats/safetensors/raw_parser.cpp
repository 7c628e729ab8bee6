// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/raw_parser.h"

#include "formats/safetensors/rules.h"
#include "model/rules.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace shardlens::safetensors {

namespace st = rules::safetensors;

std::string_view RawParser::kindName(Kind kind) {
    switch (kind) {
    case Kind::Object:
        return "an object";
    case Kind::Array:
        return "a list";
    case Kind::String:
        return "a text";
    case Kind::Number:
        return "a number";
    case Kind::Boolean:
        return "true or false";
    case Kind::Null:
        break;
    }
    return "null";
}

/// The value as JSON would say it, but strings without quotes.
std::string RawParser::plainText(const Token& token) {
    if (token.kind == Kind::Boolean)
        return token.value ? "true" : "false";
    return token.kind == Kind::Null ? std::string("null") : std::string(token.text);
}

std::string_view RawParser::fieldName() const {
    switch (m_field) {
    case Field::DType:
        return "dtype";
    case Field::Shape:
        return "shape";
    case Field::Offsets:
        return "data_offsets";
    case Field::Unknown:
        break;
    }
    return m_unknownField;
}

std::string RawParser::entryName() const {
    return std::string(m_raw.names.at(m_raw.count() - 1));
}

bool RawParser::stopWith(const Rule& rule, Args args, std::uint64_t at) {
    m_findings.add(rule, std::move(args), at);
    m_failure = std::move(m_findings.items().back().what);
    m_findings.items().pop_back();
    return false;
}

bool RawParser::notObject(Kind kind, std::uint64_t at) {
    return stopWith(st::HeaderNotObject, {std::string(m_name), std::string(kindName(kind))}, at);
}

void RawParser::breakEntry(const Rule& rule, Args args, std::uint64_t at) {
    const auto index = m_raw.count() - 1;
    if (m_raw.broken.empty() || m_raw.broken.back() != index)
        m_raw.broken.push_back(index);
    args.insert(args.begin(), entryName());
    m_findings.add(rule, std::move(args), at, entryName(), {index});
}

void RawParser::keepUnknown(std::string text) {
    m_raw.unknownFields.emplace_back(m_raw.count() - 1, Fact{m_unknownField, std::move(text)});
}

bool RawParser::beginObject(std::uint64_t at) {
    return begin(Kind::Object, at);
}
bool RawParser::beginArray(std::uint64_t at) {
    return begin(Kind::Array, at);
}
bool RawParser::endObject(std::uint64_t at) {
    return end(at);
}
bool RawParser::endArray(std::uint64_t at) {
    return end(at);
}
bool RawParser::string(std::uint64_t at, std::string_view text) {
    return value({Kind::String, at, text});
}
bool RawParser::number(std::uint64_t at, std::string_view text, bool integer) {
    return value({Kind::Number, at, text, integer});
}
bool RawParser::boolean(std::uint64_t at, bool value_) {
    return value({Kind::Boolean, at, {}, false, value_});
}
bool RawParser::null(std::uint64_t at) {
    return value({Kind::Null, at, {}});
}

bool RawParser::key(std::uint64_t at, std::string_view name) {
    switch (m_in) {
    case In::Tensors:
        m_nextIsMetadata = name == "__metadata__";
        return m_nextIsMetadata || newEntry(at, name);
    case In::Metadata:
        m_raw.metadata.emplace_back(name, std::string());
        m_raw.metadataAt.push_back(static_cast<std::uint32_t>(at));
        return true;
    case In::Entry: {
        m_field = name == "dtype"          ? Field::DType
                  : name == "shape"        ? Field::Shape
                  : name == "data_offsets" ? Field::Offsets
                                           : Field::Unknown;
        if (m_field == Field::Unknown) {
            m_unknownField = name;
            return true;
        }
        bool& seen = m_seenField[static_cast<std::size_t>(m_field)];
        if (seen && m_field == Field::DType)
            m_raw.unknownDTypes.erase(m_raw.count() - 1);
        if (seen)
            breakEntry(st::RepeatedField, {std::string(fieldName())}, at);
        seen = true;
        return true;
    }
    default:
        return true;
    }
}

bool RawParser::newEntry(std::uint64_t at, std::string_view name) {
    if (m_raw.count() >= m_context.limits->tensors)
        return stopWith(rules::TooManyTensors, {m_context.limits->tensors}, at);
    if (name.size() > m_context.limits->nameBytes)
        return stopWith(rules::NameTooLong, {Bytes{name.size()}, Bytes{m_context.limits->nameBytes}}, at);
    m_raw.addEntry(name, static_cast<std::uint32_t>(at));
    std::fill(std::begin(m_seenField), std::end(m_seenField), false);
    return true;
}

bool RawParser::begin(Kind kind, std::uint64_t at) {
    const bool object = kind == Kind::Object;
    switch (m_in) {
    case In::Document:
        if (!object)
            return notObject(kind, at);
        m_in = In::Tensors;
        return true;
    case In::Tensors:
        if (!object)
            return value({kind, at, {}});
        if (m_nextIsMetadata) {
            if (m_raw.hasMetadata)
                m_findings.add(st::RepeatedMetadata, {}, at);
            m_raw.hasMetadata = true;
        }
        m_in = m_nextIsMetadata ? In::Metadata : In::Entry;
        return true;
    case In::Entry:
        if (!object && (m_field == Field::Shape || m_field == Field::Offsets)) {
            auto& position = m_field == Field::Shape ? m_raw.shapeAt.back() : m_raw.offsetsAt.back();
            position = static_cast<std::uint32_t>(at);
            m_in = m_field == Field::Shape ? In::Shape : In::Offsets;
            m_numbers = 0;
            if (m_field == Field::Shape)
                m_raw.dims.resize(m_raw.count() < 2 ? 0 : m_raw.dimsEnd[m_raw.count() - 2]);
            return true;
        }
        return value({kind, at, {}});
    case In::Shape:
    case In::Offsets:
    case In::Metadata:
        return value({kind, at, {}});
    case In::Ignored:
        ++m_ignoredDepth;
        return true;
    }
    return true;
}

void RawParser::ignore(std::uint64_t at) {
    m_back = m_in;
    m_in = In::Ignored;
    m_ignoredDepth = 1;
    m_ignoredAt = at;
}

bool RawParser::end(std::uint64_t at) {
    switch (m_in) {
    case In::Ignored:
        if (--m_ignoredDepth > 0)
            return true;
        m_in = m_back;
        if (m_in == In::Entry && m_field == Field::Unknown)
            keepUnknown(std::string(m_text.substr(m_ignoredAt, at + 1 - m_ignoredAt)));
        else if (m_in == In::Metadata)
            m_raw.metadata.back().second = m_text.substr(m_ignoredAt, at + 1 - m_ignoredAt);
        return true;
    case In::Shape:
        m_raw.dimsEnd.back() = m_raw.dims.size();
        m_in = In::Entry;
        return true;
    case In::Offsets:
        if (m_numbers != 2)
            breakEntry(st::OffsetsCount, {std::uint64_t{m_numbers}}, m_raw.offsetsAt.back());
        m_in = In::Entry;
        return true;
    case In::Entry:
        endEntry();
        m_in = In::Tensors;
        return true;
    case In::Metadata:
        m_in = In::Tensors;
        return true;
    default:
        return true;
    }
}

void RawParser::endEntry() {
    for (const auto field : {Field::DType, Field::Shape, Field::Offsets}) {
        if (m_seenField[static_cast<std::size_t>(field)])
            continue;
        m_field = field;
        breakEntry(st::MissingField, {std::string(fieldName())}, m_raw.nameAt.back());
    }
}

bool RawParser::value(const Token& token) {
    const bool container = token.kind == Kind::Object || token.kind == Kind::Array;
    switch (m_in) {
    case In::Document:
        return notObject(token.kind, token.at);
    case In::Tensors:
        if (!m_nextIsMetadata)
            breakEntry(st::EntryNotObject, {std::string(kindName(token.kind))}, token.at);
        else if (token.kind != Kind::Null)
            m_findings.add(st::MetadataType, {std::string("it"), std::string(kindName(token.kind))},
                           token.at);
        break;
    case In::Metadata:
        return metadataValue(token);
    case In::Entry:
        return fieldValue(token);
    case In::Shape:
    case In::Offsets:
        return dimOrOffset(token);
    case In::Ignored:
        return true;
    }
    if (container)
        ignore(token.at);
    return true;
}

bool RawParser::metadataValue(const Token& token) {
    auto& pair = m_raw.metadata.back();
    pair.second = plainText(token);
    if (token.kind != Kind::String)
        m_findings.add(st::MetadataType, {"\"" + pair.first + "\"", std::string(kindName(token.kind))},
                       token.at, pair.first);
    if (token.kind == Kind::Object || token.kind == Kind::Array)
        ignore(token.at);
    return true;
}

bool RawParser::fieldValue(const Token& token) {
    const bool container = token.kind == Kind::Object || token.kind == Kind::Array;
    if (m_field == Field::DType && token.kind == Kind::String) {
        m_raw.setDType(token.text, static_cast<std::uint32_t>(token.at));
        return true;
    }
    if (m_field == Field::Unknown && !container)
        keepUnknown(plainText(token));
    else if (m_field != Field::Unknown)
        breakEntry(st::FieldType,
                   {std::string(fieldName()), std::string(kindName(token.kind)),
                    std::string(m_field == Field::DType ? "a text" : "a list of numbers")},
                   token.at);
    if (container)
        ignore(token.at);
    return true;
}

bool RawParser::dimOrOffset(const Token& token) {
    const bool isShape = m_in == In::Shape;
    ++m_numbers;
    const std::string field(fieldName());
    std::uint64_t number = 0;
    if (token.kind != Kind::Number) {
        breakEntry(st::FieldType, {field, std::string(kindName(token.kind)), std::string("a number")},
                   token.at);
    } else if (!token.integer) {
        breakEntry(st::NumberFloat, {field, std::string(token.text)}, token.at);
    } else if (token.text.starts_with('-')) {
        breakEntry(st::NumberNegative, {field, std::string(token.text)}, token.at);
    } else if (std::from_chars(token.text.data(), token.text.data() + token.text.size(), number).ec !=
               std::errc{}) {
        breakEntry(st::NumberTooLarge, {field, std::string(token.text)}, token.at);
        number = 0;
    }
    if (isShape && m_numbers == m_context.limits->dims + 1)
        breakEntry(st::TooManyDims, {m_context.limits->dims}, token.at);
    if (isShape && m_numbers <= m_context.limits->dims)
        m_raw.dims.push_back(number);
    else if (!isShape && m_numbers <= 2)
        (m_numbers == 1 ? m_raw.begin : m_raw.end).back() = number;
    if (token.kind == Kind::Object || token.kind == Kind::Array)
        ignore(token.at);
    return true;
}

} // namespace shardlens::safetensors
