// SPDX-License-Identifier: Apache-2.0
#include "query/filter_split.h"

namespace shardlens {

namespace {

bool isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

class Splitter {
public:
    explicit Splitter(std::string_view text) : m_text(text) {}

    std::vector<RawTerm> run() {
        std::vector<RawTerm> terms;
        for (;;) {
            while (m_at < m_text.size() && isSpace(m_text[m_at]))
                ++m_at;
            if (m_at == m_text.size())
                return terms;
            terms.push_back(term());
        }
    }

private:
    bool atEnd() const { return m_at == m_text.size() || isSpace(m_text[m_at]); }

    RawTerm term() {
        RawTerm out;
        out.span.begin = m_at;
        out.span.negated = m_text[m_at] == '-';
        if (out.span.negated)
            ++m_at;
        takeKey(out);
        out.span.keyEnd = out.key.empty() ? out.span.begin : m_at;
        if (!out.key.empty()) {
            out.items.push_back(item(true));
            while (m_at < m_text.size() && m_text[m_at] == ',') {
                ++m_at;
                out.items.push_back(item(true));
            }
        } else {
            out.items.push_back(item(false));
        }
        out.span.end = m_at;
        return out;
    }

    /// Letters with a comparison behind them; a bare `=` has an empty key and is exact.
    void takeKey(RawTerm& out) {
        auto end = m_at;
        while (end < m_text.size() && isLetter(m_text[end]))
            ++end;
        if (end == m_text.size() || m_text.substr(end, 1).find_first_of(":=<>") == m_text.npos)
            return;
        auto after = end + 1;
        if ((m_text[end] == '<' || m_text[end] == '>') && after < m_text.size() && m_text[after] == '=')
            ++after;
        if (end == m_at && m_text[end] != '=')
            return; // `:x` or `>x` is a bare word
        out.key = m_text.substr(m_at, end - m_at);
        out.comparison = m_text.substr(end, after - end);
        m_at = after;
    }

    RawTerm::Item item(bool commas) {
        RawTerm::Item out;
        out.offset = m_at;
        if (m_at < m_text.size() && m_text[m_at] == '"') {
            takeQuoted(out);
            const bool more = !atEnd() && !(commas && m_text[m_at] == ',');
            if (!more)
                return out;
            out.after = m_at;
        }
        int brackets = 0;
        for (; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (commas && c == '[')
                ++brackets;
            if (commas && c == ']' && brackets > 0)
                --brackets;
            if (brackets == 0 && (isSpace(c) || (commas && c == ',')))
                break;
            out.text.push_back(c);
        }
        return out;
    }

    void takeQuoted(RawTerm::Item& out) {
        out.quoted = true;
        out.closed = false;
        for (++m_at; m_at < m_text.size(); ++m_at) {
            char c = m_text[m_at];
            if (c == '"') {
                ++m_at;
                out.closed = true;
                return;
            }
            if (c == '\\' && m_at + 1 < m_text.size())
                c = m_text[++m_at];
            out.text.push_back(c);
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

std::vector<RawTerm> splitRaw(std::string_view text) {
    return Splitter(text).run();
}

std::vector<FilterTerm> splitFilter(std::string_view text) {
    std::vector<FilterTerm> out;
    for (const auto& term : splitRaw(text))
        out.push_back(term.span);
    return out;
}

} // namespace shardlens
