// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/name_tree.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace shardlens::ui {

/// Which items of a name tree have findings, so that a branch knows in O(1) whether something within it has.
/// Derived once, in a worker; immutable. Notes are no marks: they need nobody's attention.
class FindingMarks {
public:
    static Result<std::shared_ptr<const FindingMarks>> build(const NameTree& names,
                                                             const JobContext& context);

    /// The worst of a branch's errors and warnings.
    std::optional<Severity> worst(const Branch& branch) const;
    /// Items with an error or warning within a branch.
    std::uint32_t count(const Branch& branch) const;
    std::optional<Severity> ofPosition(std::uint32_t position) const;
    bool empty() const { return m_errors.ones == 0 && m_any.ones == 0; }

private:
    struct Bits {
        std::vector<std::uint64_t> words;
        std::vector<std::uint32_t> before; // set bits before each word
        std::uint32_t ones = 0;
        void resize(std::uint32_t size);
        void set(std::uint32_t at) { words[at / 64] |= std::uint64_t{1} << (at % 64); }
        void count();
        std::uint32_t rank(std::uint32_t at) const; // set bits before `at`
    };
    Bits m_errors, m_any;

    void mark(const NameTree& names, const Finding& finding);
};

using FindingMarksPtr = std::shared_ptr<const FindingMarks>;

} // namespace shardlens::ui
