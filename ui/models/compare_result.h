// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/compare.h"
#include "query/name_tree.h"

#include <QString>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace shardlens::ui {

/// One of two checkpoints that are compared. The checkpoint may be null while only its path is known.
struct CompareSide {
    QString path;
    CheckpointPtr checkpoint;
    NameTreePtr names;

    /// The checkpoint's name, else the last part of the path. Plain text.
    QString title() const;
    /// `PyTorch DCP, 8 files, 291 tensors, 15.0 GiB`
    QString facts() const;
};

/// How two checkpoints are compared.
struct CompareSettings {
    std::vector<std::pair<std::string, std::string>> renames; ///< A's names to B's: expression, replacement
    double tolerance = 0;
    bool values = true; ///< false: names, types and shapes alone; no data is read

    bool operator==(const CompareSettings&) const = default;
};

/// A comparison that has ended, with what it was made of. Immutable.
struct CompareResult {
    CompareSide a, b;
    CompareSettings settings;
    Comparison comparison;
    std::unordered_map<std::uint32_t, TensorId> inB,
        inA; ///< tensors of one side alone whose bytes the other has
    /// Rules that would give A's tensors the names that B has for the same bytes.
    std::vector<std::pair<std::string, std::string>> offered;
    double seconds = 0;

    bool allIdentical() const;
};
using CompareResultPtr = std::shared_ptr<const CompareResult>;

/// Opens what is not open yet, and compares. For workers; progress in bytes.
Result<CompareResultPtr> compareSides(CompareSide a, CompareSide b, const CompareSettings& settings,
                                      const JobContext& context);

/// `291 tensors, byte-identical.` or `286 the same, 4 different, 1 only in A.`
QString compareSentence(const CompareResult& result);
} // namespace shardlens::ui
