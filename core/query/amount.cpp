// SPDX-License-Identifier: Apache-2.0
#include "query/amount.h"

#include "base/checked.h"

#include <array>
#include <string>

namespace shardlens {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

struct Decimal {
    std::uint64_t mantissa = 0;
    int exponent = 0; // of ten
};

class Reader {
public:
    explicit Reader(std::string_view text) : m_text(text) {}

    std::optional<Decimal> number() {
        Decimal out;
        bool any = false;
        const auto digits = [&](int exponentEach) {
            for (; !m_text.empty() && isDigit(m_text[0]); m_text.remove_prefix(1)) {
                any = true;
                const auto tenfold = checkedMul<std::uint64_t>(out.mantissa, 10);
                const auto sum =
                    tenfold ? checkedAdd<std::uint64_t>(*tenfold, static_cast<std::uint64_t>(m_text[0] - '0'))
                            : std::nullopt;
                if (!sum)
                    return false;
                out.mantissa = *sum;
                out.exponent += exponentEach;
            }
            return true;
        };
        if (!digits(0))
            return std::nullopt;
        if (m_text.starts_with('.')) {
            m_text.remove_prefix(1);
            if (!any || m_text.empty() || !isDigit(m_text[0]) || !digits(-1))
                return std::nullopt;
        }
        if (!any || !exponent(out))
            return std::nullopt;
        return out;
    }

    std::string_view rest() const { return m_text; }

private:
    /// `e6` or `e-2`, where digits follow the letter.
    bool exponent(Decimal& out) {
        if (m_text.empty() || (m_text[0] != 'e' && m_text[0] != 'E'))
            return true;
        auto tail = m_text.substr(1);
        const bool minus = tail.starts_with('-');
        if (minus || tail.starts_with('+'))
            tail.remove_prefix(1);
        int value = 0;
        if (tail.empty() || !isDigit(tail[0]))
            return false;
        for (; !tail.empty() && isDigit(tail[0]); tail.remove_prefix(1)) {
            value = value * 10 + (tail[0] - '0');
            if (value > 100)
                return false;
        }
        out.exponent += minus ? -value : value;
        m_text = tail;
        return true;
    }

    std::string_view m_text;
};

std::optional<std::uint64_t> power(std::uint64_t base, int exponent) {
    std::uint64_t out = 1;
    for (int i = 0; i < exponent; ++i) {
        const auto next = checkedMul(out, base);
        if (!next)
            return std::nullopt;
        out = *next;
    }
    return out;
}

/// What a unit's text multiplies by.
std::optional<std::uint64_t> multiplier(std::string_view text, AmountUnit unit) {
    if (text.empty())
        return 1;
    if (unit == AmountUnit::Plain)
        return std::nullopt;
    std::string lowered;
    for (const char c : text)
        lowered.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    if (unit == AmountUnit::Parameters) {
        constexpr std::string_view letters = "kmbt";
        const auto at = lowered.size() == 1 ? letters.find(lowered[0]) : letters.npos;
        return at == letters.npos ? std::nullopt : power(1000, static_cast<int>(at) + 1);
    }
    if (lowered == "b")
        return 1;
    constexpr std::string_view letters = "kmgt";
    const auto at = letters.find(lowered[0]);
    if (at == letters.npos)
        return std::nullopt;
    const auto tail = std::string_view(lowered).substr(1);
    if (tail.empty() || tail == "ib")
        return power(1024, static_cast<int>(at) + 1);
    return tail == "b" ? power(1000, static_cast<int>(at) + 1) : std::nullopt;
}

} // namespace

std::optional<std::uint64_t> parseAmount(std::string_view text, AmountUnit unit) {
    Reader reader(text);
    auto decimal = reader.number();
    if (!decimal)
        return std::nullopt;
    const auto factor = multiplier(reader.rest(), unit);
    if (!factor)
        return std::nullopt;
    auto value = checkedMul(decimal->mantissa, *factor);
    for (; value && decimal->exponent > 0 && *value > 0; --decimal->exponent)
        value = checkedMul<std::uint64_t>(*value, 10);
    for (; value && decimal->exponent < 0 && *value > 0; ++decimal->exponent) {
        if (*value % 10 != 0)
            return std::nullopt;
        value = *value / 10;
    }
    return value;
}

} // namespace shardlens
