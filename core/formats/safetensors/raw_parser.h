// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/json/visit.h"
#include "formats/safetensors/finding_list.h"
#include "formats/safetensors/raw_header.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shardlens::safetensors {

/// Makes a RawHeader of a JSON document's tokens, whatever they are: what has the wrong type, is missing or
/// is there twice becomes a finding on its entry (by the entry's number), the rest is kept. What nothing can
/// be made of (no object, beyond the limits) ends it with `failure`.
class RawParser final : public json::Visitor {
public:
    RawParser(std::string_view text, std::string_view sourceName, RawHeader& raw, FindingList& findings,
              const JobContext& context)
        : m_text(text)
        , m_name(sourceName)
        , m_raw(raw)
        , m_findings(findings)
        , m_context(context) {}

    const std::optional<Error>& failure() const { return m_failure; }

    void restart() override {} // told once, by the thorough parser alone
    bool beginObject(std::uint64_t at) override;
    bool key(std::uint64_t at, std::string_view name) override;
    bool endObject(std::uint64_t at) override;
    bool beginArray(std::uint64_t at) override;
    bool endArray(std::uint64_t at) override;
    bool string(std::uint64_t at, std::string_view text) override;
    bool number(std::uint64_t at, std::string_view text, bool integer) override;
    bool boolean(std::uint64_t at, bool value) override;
    bool null(std::uint64_t at) override;

private:
    enum class In { Document, Tensors, Metadata, Entry, Shape, Offsets, Ignored };
    enum class Field { DType, Shape, Offsets, Unknown };
    enum class Kind { Object, Array, String, Number, Boolean, Null };
    struct Token {
        Kind kind;
        std::uint64_t at;
        std::string_view text; // of a string or number
        bool integer = false;
        bool value = false;
    };

    bool begin(Kind kind, std::uint64_t at);
    bool end(std::uint64_t at);
    bool value(const Token& token);
    /// The value of the field that m_field names.
    bool fieldValue(const Token& token);
    bool dimOrOffset(const Token& token);
    bool metadataValue(const Token& token);
    bool newEntry(std::uint64_t at, std::string_view name);
    void endEntry();
    /// Skips the container that has just begun, then goes on where it stood.
    void ignore(std::uint64_t at);
    bool notObject(Kind kind, std::uint64_t at);
    bool stopWith(const Rule& rule, Args args, std::uint64_t at);
    void breakEntry(const Rule& rule, Args args, std::uint64_t at);
    void keepUnknown(std::string text);
    std::string_view fieldName() const;
    std::string entryName() const;
    static std::string_view kindName(Kind kind);
    static std::string plainText(const Token& token);

    std::string_view m_text;
    std::string_view m_name;
    RawHeader& m_raw;
    FindingList& m_findings;
    const JobContext& m_context;
    std::optional<Error> m_failure;

    In m_in = In::Document;
    In m_back = In::Document; // where an ignored container stands
    std::uint32_t m_ignoredDepth = 0;
    std::uint64_t m_ignoredAt = 0;
    Field m_field = Field::Unknown;
    bool m_seenField[3] = {}; // of the entry
    std::string m_unknownField;
    std::uint32_t m_numbers = 0; // in the shape or data_offsets
    bool m_nextIsMetadata = false;
};

} // namespace shardlens::safetensors
