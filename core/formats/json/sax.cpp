// SPDX-License-Identifier: Apache-2.0
#include "formats/json/sax.h"

#include "formats/json/rules.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <new>
#include <string>

namespace shardlens::json {

namespace {

constexpr std::string_view byteOrderMark = "\xef\xbb\xbf"; // nlohmann's parser skips it

constexpr bool isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// Follows nlohmann's events through the text, since they carry no position: every event has one token, and
/// what lies between two tokens is white space, a comma or a colon. The parser has accepted the token
/// already.
class TokenCursor {
public:
    explicit TokenCursor(std::string_view text)
        : m_text(text)
        , m_at(text.starts_with(byteOrderMark) ? 3 : 0) {}

    std::size_t skipToToken() {
        while (m_at < m_text.size() && (isSpace(m_text[m_at]) || m_text[m_at] == ',' || m_text[m_at] == ':'))
            ++m_at;
        return m_at;
    }
    std::size_t take(std::size_t length) {
        const auto begin = skipToToken();
        m_at = std::min(m_text.size(), begin + length);
        return begin;
    }
    std::size_t takeString() {
        const auto begin = skipToToken();
        for (++m_at; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at)
            if (m_text[m_at] == '\\')
                ++m_at;
        m_at = std::min(m_text.size(), m_at + 1);
        return begin;
    }
    std::string_view takeNumber() {
        const auto begin = skipToToken();
        m_at = std::min(m_text.find_first_not_of("+-.0123456789Ee", begin), m_text.size());
        return m_text.substr(begin, m_at - begin);
    }
    std::size_t at() const { return m_at; }

private:
    std::string_view m_text;
    std::size_t m_at;
};

/// nlohmann's SAX interface (its `json_sax` concept, whose names these are).
class Handler {
public:
    Handler(std::string_view text, std::string_view name, Visitor& visitor, const JobContext& context,
            std::uint64_t base)
        : m_text(text)
        , m_name(name)
        , m_visitor(visitor)
        , m_context(context)
        , m_base(base)
        , m_cursor(text) {}

    // clang-format off
    // NOLINTBEGIN(readability-identifier-naming)
    bool null() { return goOn() && told(m_visitor.null(m_cursor.take(4))); }
    bool boolean(bool value) { return goOn() && told(m_visitor.boolean(m_cursor.take(value ? 4 : 5), value)); }
    bool number_integer(nlohmann::json::number_integer_t) { return number(); }
    bool number_unsigned(nlohmann::json::number_unsigned_t) { return number(); }
    bool number_float(nlohmann::json::number_float_t, const std::string&) { return number(); }
    bool string(std::string& text) { return goOn() && told(m_visitor.string(m_cursor.takeString(), text)); }
    bool binary(nlohmann::json::binary_t&) { return false; }
    bool start_object(std::size_t) { return deeper() && told(m_visitor.beginObject(m_cursor.take(1))); }
    bool key(std::string& text) { return goOn() && told(m_visitor.key(m_cursor.takeString(), text)); }
    bool end_object() { --m_depth; return told(m_visitor.endObject(m_cursor.take(1))); }
    bool start_array(std::size_t) { return deeper() && told(m_visitor.beginArray(m_cursor.take(1))); }
    bool end_array() { --m_depth; return told(m_visitor.endArray(m_cursor.take(1))); }
    // NOLINTEND(readability-identifier-naming)
    // clang-format on

    /// `position` counts the bytes read, the offending one included.
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) {
        const auto at = std::min(position == 0 ? 0 : position - 1, m_text.size());
        m_result = fail(rules::json::NotJson, {std::string(m_name), reason(error.what())}, where(at));
        return false;
    }

    Result<void> finish() {
        if (!m_result || m_stopped)
            return m_result;
        // The parser takes a NUL for the end of its input.
        const auto rest = m_text.find_first_not_of(" \n\t\r", m_cursor.at());
        if (rest != std::string_view::npos)
            return fail(rules::json::NotJson,
                        {std::string(m_name), std::string("something follows the document's end")},
                        where(rest));
        return {};
    }

private:
    /// nlohmann's message without its class and position, which the failure's place says.
    static std::string reason(std::string_view what) {
        if (const auto column = what.find("column "); column != std::string_view::npos)
            if (const auto colon = what.find(": ", column); colon != std::string_view::npos)
                return std::string(what.substr(colon + 2));
        if (const auto bracket = what.find("] "); bracket != std::string_view::npos)
            return std::string(what.substr(bracket + 2));
        return std::string(what);
    }

    Location where(std::size_t at) const { return {std::string(m_name), m_base + at, {}}; }

    bool told(bool wantsMore) {
        m_stopped = !wantsMore;
        return wantsMore;
    }
    bool goOn() {
        if ((++m_steps & 0xfff) != 0 || !m_context.stopped())
            return true;
        m_result = m_context.checkStop();
        return false;
    }
    bool deeper() {
        if (++m_depth > m_context.limits->jsonDepth) {
            m_result =
                fail(rules::json::TooDeep, {std::string(m_name), std::uint64_t{m_context.limits->jsonDepth}},
                     where(m_cursor.skipToToken()));
            return false;
        }
        return goOn();
    }
    bool number() {
        if (!goOn())
            return false;
        const auto at = m_cursor.skipToToken();
        const auto text = m_cursor.takeNumber();
        return told(m_visitor.number(at, text, text.find_first_of(".eE") == std::string_view::npos));
    }

    std::string_view m_text;
    std::string_view m_name;
    Visitor& m_visitor;
    const JobContext& m_context;
    std::uint64_t m_base;
    TokenCursor m_cursor;
    std::uint32_t m_depth = 0;
    std::uint64_t m_steps = 0;
    bool m_stopped = false;
    Result<void> m_result;
};

} // namespace

Result<void> visitThoroughly(std::string_view text, std::string_view name, Visitor& visitor,
                             const JobContext& context, std::uint64_t base) {
    try {
        Handler handler(text, name, visitor, context, base);
        nlohmann::json::sax_parse(text.begin(), text.end(), &handler);
        return handler.finish();
    } catch (const std::bad_alloc&) {
        return fail(rules::OutOfMemory, {std::string("parsing JSON")}, {std::string(name), {}, {}});
    } catch (const std::exception& error) {
        return fail(rules::json::NotJson, {std::string(name), std::string(error.what())},
                    {std::string(name), {}, {}});
    }
}

} // namespace shardlens::json
