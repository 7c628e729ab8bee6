// SPDX-License-Identifier: Apache-2.0
#include "query/folding.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <random>
#include <string_view>

namespace shardlens {

namespace {

/// Arithmetic modulo the prime 2^61 - 1. A path is the polynomial of its parts' hashes, so that what follows
/// the first parts is the whole path minus them; a branch is the sum of its items, each weighted by its
/// place.
constexpr std::uint64_t Prime = (std::uint64_t{1} << 61) - 1;

std::uint64_t reduce(std::uint64_t value) {
    value = (value & Prime) + (value >> 61);
    return value >= Prime ? value - Prime : value;
}

std::uint64_t add(std::uint64_t a, std::uint64_t b) {
    const auto sum = a + b;
    return sum >= Prime ? sum - Prime : sum;
}

std::uint64_t subtract(std::uint64_t a, std::uint64_t b) {
    return a >= b ? a - b : a + Prime - b;
}

std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const auto product = static_cast<Wide>(a) * b;
    return add(reduce(static_cast<std::uint64_t>(product & Prime)),
               reduce(static_cast<std::uint64_t>(product >> 61)));
}

std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
    std::uint64_t out = 1;
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) != 0)
            out = multiply(out, base);
        base = multiply(base, base);
    }
    return out;
}

std::uint64_t inverse(std::uint64_t value) {
    return power(value, Prime - 2);
}

struct Seeds {
    std::uint64_t part, inversePart; // of a path's polynomial
    std::uint64_t item, inverseItem; // of a branch's sum
    std::uint64_t bytes;             // of texts
    std::uint64_t content;           // of dtype and shape

    Seeds() {
        std::random_device device;
        const auto draw = [&] {
            const auto wide = (std::uint64_t{device()} << 32) | device();
            return wide % (Prime - 4096) + 2048;
        };
        part = draw();
        item = draw();
        bytes = draw();
        content = draw();
        inversePart = inverse(part);
        inverseItem = inverse(item);
    }
};

const Seeds& seeds() {
    static const Seeds drawn;
    return drawn;
}

/// Seven bytes at a time, the length first.
std::uint64_t hashText(std::string_view text) {
    const auto seed = seeds().bytes;
    std::uint64_t out = text.size() + 1;
    for (std::size_t i = 0; i < text.size(); i += 7) {
        std::uint64_t chunk = 0;
        for (std::size_t k = i; k < std::min(i + 7, text.size()); ++k)
            chunk = chunk << 8 | static_cast<unsigned char>(text[k]);
        out = add(multiply(out, seed), chunk);
    }
    return out;
}

std::uint64_t hashPath(std::span<const std::string_view> parts) {
    std::uint64_t out = 0;
    for (const auto part : parts)
        out = add(multiply(out, seeds().part), hashText(part));
    return out;
}

std::uint64_t hashContent(const NameTree& tree, ItemIndex item) {
    const auto seed = seeds().content;
    const auto mix = [&](std::uint64_t hash, std::uint64_t value) {
        return add(multiply(hash, seed), reduce(value));
    };
    std::uint64_t out = 1;
    if (tree.isTensor(item)) {
        const auto tensor = tree.checkpoint()->tensor(tree.tensor(item));
        out = mix(mix(out, 1), hashText(tensor.dtypeName()));
        for (const auto dim : tensor.shape())
            out = mix(mix(out, dim >> 32), dim & 0xffffffffu);
        return mix(out, tensor.shape().size());
    }
    const auto& entry = tree.checkpoint()->entry(tree.entry(item));
    return mix(mix(mix(out, 2), static_cast<std::uint64_t>(entry.kind)), hashText(entry.typeName));
}

/// A label around its last number.
struct NumberedLabel {
    std::string_view before, after;
    std::uint64_t number = 0;
};

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// Nothing for labels without a number, and for those whose number has leading zeros or more than 18 digits.
std::optional<NumberedLabel> parseLabel(std::string_view label) {
    auto end = label.size();
    while (end > 0 && !isDigit(label[end - 1]))
        --end;
    auto begin = end;
    while (begin > 0 && isDigit(label[begin - 1]))
        --begin;
    const auto digits = label.substr(begin, end - begin);
    if (digits.empty() || digits.size() > 18 || (digits.size() > 1 && digits[0] == '0'))
        return std::nullopt;
    NumberedLabel out{label.substr(0, begin), label.substr(end)};
    std::from_chars(digits.data(), digits.data() + digits.size(), out.number);
    return out;
}

bool counts(const std::optional<NumberedLabel>& a, const std::optional<NumberedLabel>& b) {
    return a && b && a->before == b->before && a->after == b->after && a->number + 1 == b->number;
}

bool sameSize(const Branch& a, const Branch& b) {
    return a.end - a.begin == b.end - b.begin && a.depth == b.depth;
}

} // namespace

Folding::Folding(NameTreePtr tree) : m_tree(std::move(tree)) {}

Result<FoldingPtr> Folding::build(NameTreePtr tree, const JobContext& context) {
    std::shared_ptr<Folding> out(new Folding(std::move(tree)));
    SHARDLENS_CHECK(out->fill(context));
    return out;
}

Result<void> Folding::fill(const JobContext& context) {
    const std::size_t n = m_tree->size();
    m_weight.resize(n + 1);
    m_contentBefore.resize(n + 1);
    m_lengthBefore.resize(n + 1);
    m_weight[0] = 1;
    for (std::uint32_t p = 0; p < n; ++p) {
        if (p % 4096 == 0)
            SHARDLENS_CHECK(context.checkStop());
        const auto item = m_tree->item(p);
        const auto path = itemPath(*m_tree->checkpoint(), item);
        const auto own = add(hashPath(path), hashContent(*m_tree, item));
        const auto length = power(seeds().part, path.size());
        m_contentBefore[p + 1] = add(m_contentBefore[p], multiply(m_weight[p], own));
        m_lengthBefore[p + 1] = add(m_lengthBefore[p], multiply(m_weight[p], length));
        m_weight[p + 1] = multiply(m_weight[p], seeds().item);
    }
    return {};
}

std::uint64_t Folding::structure(const Branch& branch) const {
    if (branch.begin == branch.end)
        return 0;
    const auto path = itemPath(*m_tree->checkpoint(), m_tree->item(branch.begin));
    const auto prefix = hashPath(std::span(path).first(branch.depth));
    const auto content = subtract(m_contentBefore[branch.end], m_contentBefore[branch.begin]);
    const auto lengths = subtract(m_lengthBefore[branch.end], m_lengthBefore[branch.begin]);
    // Each item's path is prefix * part^(length - depth) + what follows: take the prefix away.
    const auto shift = power(seeds().inversePart, branch.depth);
    const auto below = subtract(content, multiply(multiply(prefix, shift), lengths));
    return multiply(below, power(seeds().inverseItem, branch.begin));
}

FoldMarks Folding::mark(std::span<const std::uint64_t> bits) const {
    FoldMarks out;
    out.m_before.resize(std::size_t{m_tree->size()} + 1);
    for (std::uint32_t p = 0; p < m_tree->size(); ++p) {
        const auto item = m_tree->item(p);
        const bool set = item / 64 < bits.size() && ((bits[item / 64] >> item % 64) & 1) != 0;
        out.m_before[p + 1] = set ? add(out.m_before[p], m_weight[p]) : out.m_before[p];
    }
    return out;
}

std::uint64_t Folding::markHash(const FoldMarks& marks, const Branch& branch) const {
    return multiply(subtract(marks.m_before[branch.end], marks.m_before[branch.begin]),
                    power(seeds().inverseItem, branch.begin));
}

std::vector<FoldedRun> Folding::runs(std::span<const Branch> children, const Splits& splits) const {
    const auto isSplit = [&](const Branch& child) {
        const auto at = std::lower_bound(splits.positions.begin(), splits.positions.end(), child.begin);
        return at != splits.positions.end() && *at < child.end;
    };
    const bool marked = splits.marks && !splits.marks->m_before.empty();
    std::vector<FoldedRun> out;
    const auto close = [&](std::uint32_t first, std::uint32_t end) {
        if (end - first >= std::max(1u, splits.minimum))
            out.push_back({first, end - 1});
        else
            for (auto child = first; child < end; ++child)
                out.push_back({child, child});
    };
    std::uint32_t first = 0;
    std::optional<NumberedLabel> previous;
    std::uint64_t previousStructure = 0, previousMarks = 0;
    for (std::uint32_t i = 0; i < children.size(); ++i) {
        const bool alone = isSplit(children[i]);
        const auto label = alone ? std::nullopt : parseLabel(m_tree->label(children[i]));
        const auto below = label ? structure(children[i]) : 0;
        const auto marks = label && marked ? markHash(*splits.marks, children[i]) : 0;
        if (i > 0 && !(counts(previous, label) && sameSize(children[i - 1], children[i]) &&
                       previousStructure == below && previousMarks == marks)) {
            close(first, i);
            first = i;
        }
        previous = label;
        previousStructure = below;
        previousMarks = marks;
    }
    if (!children.empty())
        close(first, static_cast<std::uint32_t>(children.size()));
    return out;
}

} // namespace shardlens
