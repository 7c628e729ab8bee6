// SPDX-License-Identifier: Apache-2.0
#include "query/filter_term.h"

#include "query/amount.h"
#include "query/rules.h"

#include <algorithm>
#include <array>

namespace shardlens {

namespace {

using Kind = ParsedTerm::Kind;
using Comparison = ParsedTerm::Comparison;

struct Key {
    std::string_view name;
    Kind kind;
    AmountUnit unit = AmountUnit::Plain; // of keys that take numbers
    bool numbers = true;
};

constexpr std::array keys{Key{"dtype", Kind::DTypes, {}, false},
                          Key{"shape", Kind::Shape, {}, false},
                          Key{"dims", Kind::DimCount},
                          Key{"rank", Kind::Rank},
                          Key{"size", Kind::Size, AmountUnit::Bytes},
                          Key{"params", Kind::Params, AmountUnit::Parameters},
                          Key{"file", Kind::File, {}, false},
                          Key{"slices", Kind::Slices},
                          Key{"shards", Kind::Slices},
                          Key{"has", Kind::Has, {}, false},
                          Key{"storage", Kind::Storage}};

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
    return out;
}

Location at(std::size_t offset) {
    return {.file = {}, .offset = offset, .item = {}};
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view spaces = " \t\r\n\v\f";
    const auto begin = text.find_first_not_of(spaces);
    return begin == text.npos ? std::string_view()
                              : text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

TextPattern patternOf(const RawTerm::Item& item) {
    return item.quoted ? TextPattern::exactly(item.text) : TextPattern::fromWord(item.text);
}

std::optional<ParsedTerm::ShapePattern> parseShape(std::string_view text) {
    text = trimmed(text);
    if (text.size() < 2 || text.front() != '[' || text.back() != ']')
        return std::nullopt;
    text = text.substr(1, text.size() - 2);
    ParsedTerm::ShapePattern out;
    if (trimmed(text).empty())
        return out;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto comma = std::min(text.find(',', begin), text.size());
        const auto part = trimmed(text.substr(begin, comma - begin));
        const auto number = parseAmount(part, AmountUnit::Plain);
        if (part != "*" && !number)
            return std::nullopt;
        out.push_back(number);
        begin = comma + 1;
    }
    return out;
}

Result<void> addValue(ParsedTerm& term, const RawTerm::Item& item, AmountUnit unit) {
    const auto text = lowered(item.text);
    switch (term.kind) {
    case Kind::DTypes:
        if (const auto dtype = text == "unknown" ? DType::Unknown : dtypeFromUser(text))
            term.dtypes |= std::uint64_t{1} << static_cast<unsigned>(*dtype);
        else
            return fail(rules::FilterUnknownDType, {item.text}, at(item.offset));
        return {};
    case Kind::Shape:
        if (auto shape = parseShape(text))
            term.shapes.push_back(std::move(*shape));
        else
            return fail(rules::FilterBadShape, {item.text}, at(item.offset));
        return {};
    case Kind::Has:
        if (text == "finding" || text == "findings")
            term.has.push_back(ParsedTerm::Has::Finding);
        else if (text == "alias" || text == "aliases")
            term.has.push_back(ParsedTerm::Has::Alias);
        else if (text == "slices" || text == "shards")
            term.has.push_back(ParsedTerm::Has::Slices);
        else if (text == "storage")
            term.has.push_back(ParsedTerm::Has::Storage);
        else
            return fail(rules::FilterUnknownHas, {item.text}, at(item.offset));
        return {};
    case Kind::Name:
    case Kind::File:
        term.texts.push_back(patternOf(item));
        return {};
    default:
        break;
    }
    const auto number = parseAmount(text, unit);
    if (!number)
        return fail(rules::FilterBadNumber, {item.text}, at(item.offset));
    term.numbers.push_back(*number);
    return {};
}

Comparison comparisonOf(std::string_view text) {
    if (text == ">")
        return Comparison::Greater;
    if (text == ">=")
        return Comparison::GreaterEqual;
    if (text == "<")
        return Comparison::Less;
    return text == "<=" ? Comparison::LessEqual : Comparison::Equal;
}

Result<void> checkItems(const RawTerm& raw) {
    for (const auto& item : raw.items) {
        if (!item.closed)
            return fail(rules::FilterOpenQuote, {}, at(item.offset));
        if (item.after != 0)
            return fail(rules::FilterAfterQuote, {item.text}, at(item.after));
        if (item.text.empty() && !item.quoted) {
            const std::string before = raw.key.empty() ? std::string(raw.comparison.empty() ? "-" : "=")
                                                       : std::string(raw.key) + std::string(raw.comparison);
            return fail(rules::FilterEmptyValue, {before}, at(item.offset));
        }
    }
    return {};
}

Result<void> parseKeyed(ParsedTerm& term, const RawTerm& raw) {
    const auto* key =
        std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == lowered(raw.key); });
    const auto keyOffset = raw.span.begin + (raw.span.negated ? 1 : 0);
    if (key == keys.end())
        return fail(rules::FilterUnknownKey, {std::string(raw.key)}, at(keyOffset));
    term.kind = key->kind;
    term.comparison = comparisonOf(raw.comparison);
    if (!key->numbers && term.comparison != Comparison::Equal)
        return fail(rules::FilterBadOperator, {std::string(raw.key), std::string(raw.comparison)},
                    at(keyOffset + raw.key.size()));
    SHARDLENS_CHECK(checkItems(raw));
    if (term.comparison != Comparison::Equal && raw.items.size() > 1)
        return fail(rules::FilterSeveralValues, {std::string(raw.key) + std::string(raw.comparison)},
                    at(raw.items[1].offset));
    for (const auto& item : raw.items)
        SHARDLENS_CHECK(addValue(term, item, key->unit));
    return {};
}

} // namespace

bool ParsedTerm::comparesTo(std::uint64_t number) const {
    switch (comparison) {
    case Comparison::Greater:
        return number > numbers.front();
    case Comparison::GreaterEqual:
        return number >= numbers.front();
    case Comparison::Less:
        return number < numbers.front();
    case Comparison::LessEqual:
        return number <= numbers.front();
    case Comparison::Equal:
        break;
    }
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool ParsedTerm::hasShape(std::span<const std::uint64_t> shape) const {
    return std::any_of(shapes.begin(), shapes.end(), [&](const ShapePattern& pattern) {
        return std::equal(pattern.begin(), pattern.end(), shape.begin(), shape.end(),
                          [](const auto& wanted, std::uint64_t dim) { return !wanted || *wanted == dim; });
    });
}

bool ParsedTerm::hasText(std::string_view text) const {
    return std::any_of(texts.begin(), texts.end(), [&](const TextPattern& p) { return p.matches(text); });
}

bool ParsedTerm::concernsEntries() const {
    return kind == Kind::Name || kind == Kind::File ||
           (kind == Kind::Has && std::find(has.begin(), has.end(), Has::Finding) != has.end());
}

Result<ParsedTerm> parseTerm(const RawTerm& raw) {
    ParsedTerm term;
    term.span = raw.span;
    if (!raw.key.empty()) {
        SHARDLENS_CHECK(parseKeyed(term, raw));
        return term;
    }
    SHARDLENS_CHECK(checkItems(raw));
    const auto& word = raw.items.front();
    term.texts.push_back(raw.comparison.empty() ? patternOf(word) : TextPattern::exactly(word.text));
    return term;
}

} // namespace shardlens
