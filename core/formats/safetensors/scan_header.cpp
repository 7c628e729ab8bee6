// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/scan_header.h"

#include "formats/json/string_token.h"

#include <cstring>

namespace shardlens::safetensors {

namespace {

using json::readString;

/// A recursive descent without recursion: every function moves on and says whether it is sure.
class HeaderScanner {
public:
    HeaderScanner(std::string_view text, RawHeader& raw, const JobContext& context)
        : m_begin(text.data())
        , m_at(text.data())
        , m_end(text.data() + text.size())
        , m_raw(raw)
        , m_context(context) {}

    bool run() {
        if (!take('{'))
            return false;
        skipSpace();
        if (!take('}')) {
            do {
                if (!member())
                    return false;
            } while (more());
            if (!take('}'))
                return false;
        }
        while (m_at != m_end && *m_at == ' ')
            ++m_at;
        return m_at == m_end;
    }

private:
    std::uint32_t position() const { return static_cast<std::uint32_t>(m_at - m_begin); }
    void skipSpace() {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\t' || *m_at == '\r'))
            ++m_at;
    }
    bool take(char c) {
        if (m_at == m_end || *m_at != c)
            return false;
        ++m_at;
        return true;
    }
    /// A comma with space around it.
    bool more() {
        skipSpace();
        if (!take(','))
            return false;
        skipSpace();
        return true;
    }
    bool colon() {
        skipSpace();
        if (!take(':'))
            return false;
        skipSpace();
        return true;
    }
    template <std::size_t N>
    bool takeKey(const char (&key)[N]) {
        constexpr std::size_t length = N - 1;
        if (static_cast<std::size_t>(m_end - m_at) < length || std::memcmp(m_at, key, length) != 0)
            return false;
        m_at += length;
        return true;
    }

    bool member() {
        const auto at = position();
        if (!take('"'))
            return false;
        const auto name = readString(m_at, m_end, m_buffer);
        if (name.after == nullptr || name.text.size() > m_context.limits->nameBytes)
            return false;
        m_at = name.after;
        if (name.text == "__metadata__")
            return colon() && metadata();
        if (m_raw.count() >= m_context.limits->tensors)
            return false;
        if ((m_raw.count() & 0xfff) == 0xfff && m_context.stopped())
            return false;
        m_raw.addEntry(name.text, at);
        return colon() && entry();
    }

    bool entry() {
        if (!take('{'))
            return false;
        skipSpace();
        do {
            if (!field())
                return false;
        } while (more());
        const bool complete =
            m_raw.dtypeAt.back() != 0 && m_raw.shapeAt.back() != 0 && m_raw.offsetsAt.back() != 0;
        return complete && take('}');
    }

    bool field() {
        if (takeKey("\"dtype\"") && m_raw.dtypeAt.back() == 0)
            return colon() && dtype();
        if (takeKey("\"shape\"") && m_raw.shapeAt.back() == 0)
            return colon() && shape();
        if (takeKey("\"data_offsets\"") && m_raw.offsetsAt.back() == 0)
            return colon() && offsets();
        return false;
    }

    bool dtype() {
        const auto at = position();
        if (!take('"'))
            return false;
        const auto text = readString(m_at, m_end, m_buffer);
        if (text.after == nullptr)
            return false;
        m_at = text.after;
        m_raw.setDType(text.text, at);
        return true;
    }

    bool shape() {
        m_raw.shapeAt.back() = position();
        if (!take('['))
            return false;
        skipSpace();
        if (take(']'))
            return true;
        std::size_t count = 0;
        do {
            std::uint64_t dim = 0;
            if (++count > m_context.limits->dims || !number(dim))
                return false;
            m_raw.dims.push_back(dim);
        } while (more());
        m_raw.dimsEnd.back() = m_raw.dims.size();
        return take(']');
    }

    bool offsets() {
        m_raw.offsetsAt.back() = position();
        if (!take('['))
            return false;
        skipSpace();
        if (!number(m_raw.begin.back()) || !more() || !number(m_raw.end.back()))
            return false;
        skipSpace();
        return take(']');
    }

    bool number(std::uint64_t& out) {
        const char* first = m_at;
        std::uint64_t value = 0;
        while (m_at != m_end && *m_at >= '0' && *m_at <= '9')
            value = value * 10 + static_cast<std::uint64_t>(*m_at++ - '0');
        const auto digits = m_at - first;
        out = value;
        return digits > 0 && digits <= 19 && (digits == 1 || *first != '0'); // 19 digits fit 64 bits
    }

    bool metadata() {
        if (m_raw.hasMetadata || !take('{'))
            return false;
        m_raw.hasMetadata = true;
        skipSpace();
        if (take('}'))
            return true;
        do {
            if (!metadataPair())
                return false;
        } while (more());
        return take('}');
    }

    bool metadataPair() {
        const auto at = position();
        if (!take('"'))
            return false;
        const auto key = readString(m_at, m_end, m_buffer);
        if (key.after == nullptr)
            return false;
        m_raw.metadata.emplace_back(key.text, std::string());
        m_raw.metadataAt.push_back(at);
        m_at = key.after;
        if (!colon() || !take('"'))
            return false;
        const auto value = readString(m_at, m_end, m_buffer);
        if (value.after == nullptr)
            return false;
        m_raw.metadata.back().second = value.text;
        m_at = value.after;
        return true;
    }

    const char* m_begin;
    const char* m_at;
    const char* m_end;
    RawHeader& m_raw;
    const JobContext& m_context;
    std::string m_buffer;
};

} // namespace

bool scanHeader(std::string_view text, RawHeader& raw, const JobContext& context) {
    // About 90 bytes an entry are the least that writers emit for names that say something.
    raw.reserve(text.size() / 90 + 1, text.size() / 2);
    return HeaderScanner(text, raw, context).run();
}

} // namespace shardlens::safetensors
