// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/sharding_info.h"

#include "formats/hub/rules.h"
#include "formats/json/visit.h"
#include "model/rules.h"

#include <algorithm>
#include <charconv>

namespace shardlens::hub {

namespace {

class InfoVisitor final : public json::Visitor {
public:
    InfoVisitor(std::string_view text, const JobContext& context) : m_text(text), m_context(context) {}

    ShardingInfo info;
    bool strange = false; ///< not an object of objects
    bool tooMany = false;

    void restart() override {
        info = {};
        strange = false;
        m_depth = 0;
        m_list = nullptr;
        m_field = Field::None;
    }

    bool beginObject(std::uint64_t at) override {
        if (m_depth == 1) {
            if (info.entries.size() >= m_context.limits->slices || info.numbers.size() > MaxNumbers) {
                tooMany = true;
                return false;
            }
            info.keys.add(m_key);
            info.entries.emplace_back();
        } else if (m_list) {
            info.entries.back().broken = true; // an object in a list of numbers
        }
        return enter(at);
    }

    bool key(std::uint64_t, std::string_view name) override {
        if (m_depth == 1)
            m_key.assign(name);
        else if (m_depth == 2)
            m_field = fieldNamed(name);
        if (m_field == Field::Unknown && m_depth == 2)
            m_unknown.assign(name);
        return true;
    }

    bool endObject(std::uint64_t at) override { return leave(at); }

    bool beginArray(std::uint64_t at) override {
        if (m_depth == 2 && (m_field == Field::Offsets || m_field == Field::Global)) {
            auto& entry = info.entries.back();
            m_list = m_field == Field::Offsets ? &entry.offsets : &entry.global;
            (m_field == Field::Offsets ? entry.hasOffsets : entry.hasGlobal) = true;
            *m_list = {static_cast<std::uint32_t>(info.numbers.size()), 0};
        } else if (m_list) {
            info.entries.back().broken = true; // a list in a list of numbers
        }
        return enter(at);
    }

    bool endArray(std::uint64_t at) override {
        const bool going = leave(at);
        if (m_depth == 2)
            m_list = nullptr;
        return going;
    }

    bool string(std::uint64_t at, std::string_view text) override {
        if (m_depth == 2 && m_field == Field::Logical) {
            info.logicalNames.add(text);
            info.entries.back().logical = static_cast<std::uint32_t>(info.logicalNames.size());
            return true;
        }
        return scalar(at, quotedLength(at));
    }

    bool number(std::uint64_t at, std::string_view text, bool integer) override {
        if (m_list && m_depth == 3) {
            std::uint64_t value = 0;
            const auto* end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, value);
            if (!integer || error != std::errc() || stop != end)
                info.entries.back().broken = true;
            if (info.numbers.size() >= MaxNumbers)
                return !(tooMany = true);
            info.numbers.push_back(value);
            ++m_list->count;
            return true;
        }
        return scalar(at, text.size());
    }

    bool boolean(std::uint64_t at, bool value) override { return scalar(at, value ? 4 : 5); }
    bool null(std::uint64_t at) override { return scalar(at, 4); }

private:
    enum class Field : std::uint8_t { None, Offsets, Global, Logical, Unknown };
    /// Lists name their place with 32 bits.
    static constexpr std::size_t MaxNumbers = ~std::uint32_t{0} - 1;

    static Field fieldNamed(std::string_view name) {
        if (name == "saved_offsets")
            return Field::Offsets;
        if (name == "global_shape" || name == "shape")
            return Field::Global;
        if (name == "logical_fqn" || name == "fqn")
            return Field::Logical;
        return Field::Unknown;
    }

    bool enter(std::uint64_t at) {
        if (m_depth == 2)
            m_valueAt = at;
        if (m_depth == 0 && m_text[at] != '{')
            strange = true;
        if (m_depth == 1 && m_text[at] != '{')
            strange = true;
        ++m_depth;
        return true;
    }

    bool leave(std::uint64_t at) {
        --m_depth;
        if (m_depth == 2)
            closeField(at + 1);
        return true;
    }

    /// A value that is no container.
    bool scalar(std::uint64_t at, std::uint64_t length) {
        if (m_depth < 2)
            strange = true;
        if (m_list)
            info.entries.back().broken = true;
        if (m_depth == 2) {
            m_valueAt = at;
            closeField(at + length);
        }
        return true;
    }

    /// A member of an entry ended: a known one of the wrong type, or one to keep.
    void closeField(std::uint64_t end) {
        auto& entry = info.entries.back();
        const bool isList = m_text[m_valueAt] == '[';
        if ((m_field == Field::Offsets || m_field == Field::Global) && !isList)
            entry.broken = true;
        if (m_field == Field::Unknown || (m_field == Field::Logical))
            info.unknownFields.emplace_back(info.count() - 1,
                                            Fact{m_field == Field::Logical ? "logical_fqn" : m_unknown,
                                                 std::string(m_text.substr(m_valueAt, end - m_valueAt))});
    }

    std::uint64_t quotedLength(std::uint64_t at) const {
        auto end = at + 1;
        while (end < m_text.size() && m_text[end] != '"')
            end += m_text[end] == '\\' ? 2 : 1;
        return std::min<std::uint64_t>(end + 1, m_text.size()) - at;
    }

    std::string_view m_text;
    const JobContext& m_context;
    std::string m_key, m_unknown;
    ShardingInfo::List* m_list = nullptr;
    std::uint64_t m_valueAt = 0;
    std::uint32_t m_depth = 0;
    Field m_field = Field::None;
};

} // namespace

Result<ShardingInfo> parseShardingInfo(std::string_view text, const std::string& file,
                                       const JobContext& context) {
    InfoVisitor visitor(text, context);
    SHARDLENS_CHECK(json::visit(text, file, visitor, context));
    if (visitor.tooMany)
        return fail(rules::TooManySlices, {context.limits->slices}, {.file = file, .offset = {}, .item = {}});
    if (visitor.strange)
        return fail(rules::hub::ShardingInfo, {file, std::string("it is no object of objects")},
                    {.file = file, .offset = {}, .item = "DCP_SHARDING_INFO"});
    return std::move(visitor.info);
}

} // namespace shardlens::hub
