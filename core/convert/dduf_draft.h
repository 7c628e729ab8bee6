// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/dduf_export.h"
#include "convert/plan.h"
#include "io/byte_source.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::convert {

/// An entry while the plan is made: a file as it is, a text made here, or tensors converted on the way.
struct DraftEntry {
    std::string name;
    std::string from;
    PlannedFile::Role role = PlannedFile::Role::Side;
    ByteSourcePtr source;      ///< a file copied as it is
    std::string text;          ///< where there is no source and no pieces
    std::vector<Piece> pieces; ///< of converted weights
    std::uint64_t bytes = 0;   ///< of `pieces`
    std::vector<std::string> tensors;

    std::uint64_t size() const { return source ? source->size() : pieces.empty() ? text.size() : bytes; }
};

/// The weights of one component that go into the archive, before their headers are read.
struct DraftWeights {
    std::string component;
    std::string variant;
    std::string stem;
    std::string index;              ///< name of the index's entry; empty where there is none
    std::vector<std::string> files; ///< names of entries
    std::uint32_t count = 0;        ///< N of `-of-N` where the set is numbered and has no index
};

/// What the export consists of so far.
struct Draft {
    ExportPlan plan;                   ///< without entries
    std::vector<DraftEntry> entries;   ///< in no order
    std::vector<DraftWeights> weights; ///< of components whose weights are copied

    DraftEntry* find(std::string_view name);
    void note(const Rule& rule, Args args, std::string file = {});
};

} // namespace shardlens::convert
