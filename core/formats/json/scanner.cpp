// SPDX-License-Identifier: Apache-2.0
#include "formats/json/scanner.h"

#include "formats/json/string_token.h"

#include <cstddef>
#include <string>
#include <vector>

namespace shardlens::json {

namespace {

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// What a scanner's step came to; the names of ScanEnd and one more.
enum class Step { Go, Done, Stopped, Doubt, Cancelled };

class Scanner {
public:
    Scanner(std::string_view text, Visitor& visitor, const JobContext& context)
        : m_begin(text.data())
        , m_at(text.data())
        , m_end(text.data() + text.size())
        , m_visitor(visitor)
        , m_context(context) {}

    ScanEnd run() {
        Step step = value();
        while (step == Step::Go && !m_open.empty())
            step = next();
        if (step == Step::Go) {
            skipSpace();
            return m_at == m_end ? ScanEnd::Done : ScanEnd::Doubt;
        }
        if (step == Step::Stopped)
            return ScanEnd::Stopped;
        return step == Step::Cancelled ? ScanEnd::Cancelled : ScanEnd::Doubt;
    }

private:
    /// Numbers longer than this may not be finite, which the thorough parser decides.
    static constexpr std::ptrdiff_t sureDigits = 200;

    void skipSpace() {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\t' || *m_at == '\r'))
            ++m_at;
    }
    std::uint64_t position(const char* at) const { return static_cast<std::uint64_t>(at - m_begin); }
    static Step told(bool wantsMore) { return wantsMore ? Step::Go : Step::Stopped; }

    /// What follows a value inside a container.
    Step next() {
        if ((++m_steps & 0xfff) == 0 && m_context.stopped())
            return Step::Cancelled;
        skipSpace();
        if (m_at == m_end)
            return Step::Doubt;
        const bool inObject = m_open.back();
        if (*m_at == (inObject ? '}' : ']'))
            return close(inObject);
        if (!m_fresh) {
            if (*m_at != ',')
                return Step::Doubt;
            ++m_at;
            skipSpace();
        }
        m_fresh = false;
        if (inObject) {
            if (const auto step = key(); step != Step::Go)
                return step;
        }
        return value();
    }

    Step close(bool isObject) {
        const auto at = position(m_at++);
        m_open.pop_back();
        m_fresh = false;
        return told(isObject ? m_visitor.endObject(at) : m_visitor.endArray(at));
    }

    Step open(bool isObject) {
        if (m_open.size() >= m_context.limits->jsonDepth)
            return Step::Doubt;
        const auto at = position(m_at++);
        m_open.push_back(isObject);
        m_fresh = true;
        return told(isObject ? m_visitor.beginObject(at) : m_visitor.beginArray(at));
    }

    Step key() {
        if (m_at == m_end || *m_at != '"')
            return Step::Doubt;
        const auto at = position(m_at);
        const auto token = readString(m_at + 1, m_end, m_buffer);
        if (token.after == nullptr)
            return Step::Doubt;
        m_at = token.after;
        skipSpace();
        if (m_at == m_end || *m_at != ':')
            return Step::Doubt;
        ++m_at;
        return told(m_visitor.key(at, token.text));
    }

    Step value() {
        skipSpace();
        if (m_at == m_end)
            return Step::Doubt;
        switch (*m_at) {
        case '{':
            return open(true);
        case '[':
            return open(false);
        case '"':
            return string();
        case 't':
        case 'f':
        case 'n':
            return word();
        default:
            return number();
        }
    }

    Step string() {
        const auto at = position(m_at);
        const auto token = readString(m_at + 1, m_end, m_buffer);
        if (token.after == nullptr)
            return Step::Doubt;
        m_at = token.after;
        return told(m_visitor.string(at, token.text));
    }

    Step word() {
        const auto at = position(m_at);
        const std::string_view rest(m_at, static_cast<std::size_t>(m_end - m_at));
        if (rest.starts_with("true")) {
            m_at += 4;
            return told(m_visitor.boolean(at, true));
        }
        if (rest.starts_with("false")) {
            m_at += 5;
            return told(m_visitor.boolean(at, false));
        }
        if (!rest.starts_with("null"))
            return Step::Doubt;
        m_at += 4;
        return told(m_visitor.null(at));
    }

    bool digits() {
        if (m_at == m_end || !isDigit(*m_at))
            return false;
        while (m_at != m_end && isDigit(*m_at))
            ++m_at;
        return true;
    }

    Step number() {
        const char* first = m_at;
        if (*m_at == '-')
            ++m_at;
        if (m_at != m_end && *m_at == '0')
            ++m_at;
        else if (!digits())
            return Step::Doubt;
        bool integer = true;
        if (m_at != m_end && *m_at == '.') {
            integer = false;
            ++m_at;
            if (!digits())
                return Step::Doubt;
        }
        if (m_at != m_end && (*m_at == 'e' || *m_at == 'E')) {
            integer = false;
            if (!exponent())
                return Step::Doubt;
        }
        if (m_at - first > sureDigits)
            return Step::Doubt;
        const std::string_view text(first, static_cast<std::size_t>(m_at - first));
        return told(m_visitor.number(position(first), text, integer));
    }

    /// At most two digits: with at most `sureDigits` before it the number is finite.
    bool exponent() {
        ++m_at;
        if (m_at != m_end && (*m_at == '+' || *m_at == '-'))
            ++m_at;
        const char* first = m_at;
        return digits() && m_at - first <= 2;
    }

    const char* m_begin;
    const char* m_at;
    const char* m_end;
    Visitor& m_visitor;
    const JobContext& m_context;
    std::vector<bool> m_open; // true: an object
    bool m_fresh = false;     // nothing stands in the innermost container yet
    std::uint64_t m_steps = 0;
    std::string m_buffer;
};

} // namespace

ScanEnd scan(std::string_view text, Visitor& visitor, const JobContext& context) {
    return Scanner(text, visitor, context).run();
}

} // namespace shardlens::json
