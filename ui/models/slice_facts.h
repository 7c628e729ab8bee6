// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <QString>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace shardlens::ui {

/// A box that owns its numbers.
struct OwnedBox {
    Dims offset, size;
};

/// Elements that no slice covers, or that two do.
struct SliceDamage {
    enum class Kind : std::uint8_t { Hole, Overlap };
    Kind kind = Kind::Hole;
    OwnedBox box;
    std::uint32_t first = 0, second = 0; ///< of an overlap: indices of slices within the tensor
    std::uint64_t elements = 0;
    std::optional<std::uint64_t> bytes; ///< nothing where it does not fit
};

/// How a tensor is cut, derived from its slices. Immutable; made in a worker where there are many slices.
struct SliceFacts {
    /// Holes and overlaps that are kept; the maps and sentences show no more.
    static constexpr std::size_t MostDamages = 1000;

    std::vector<std::uint32_t> cutDims; ///< dims in which some slice is shorter than the tensor, rising
    std::vector<std::uint32_t> copyOf;  ///< for each slice the first one with an equal box (itself, usually)
    std::vector<std::uint32_t> key;     ///< for each slice its place among the checkpoint's ranks or files
    std::uint32_t distinct = 0;         ///< slices that are no copies
    std::uint32_t short_ = 0;           ///< slices whose stored bytes end early or are missing
    bool byRank = false;                ///< keys are ranks, else files
    std::uint32_t keyCount = 0;         ///< ranks or files of the whole checkpoint
    std::vector<SliceDamage> damages;
    std::vector<std::uint32_t> outOfBounds;
    std::uint64_t missingElements = 0;

    bool complete() const {
        return damages.empty() && outOfBounds.empty() && missingElements == 0 && short_ == 0;
    }
};
using SliceFactsPtr = std::shared_ptr<const SliceFacts>;

/// The ranks (or, where no file has one, the files) of a checkpoint, in rising order: what colours stand for.
class ShardKeys {
public:
    explicit ShardKeys(const Checkpoint& checkpoint);
    bool byRank() const { return m_byRank; }
    std::uint32_t count() const { return m_count; }
    std::uint32_t of(FileId file) const { return file.valid() ? m_keys[file.index()] : m_count; }
    /// `rank 3`, or the file's name.
    QString title(const Checkpoint& checkpoint, FileId file) const;

private:
    bool m_byRank = false;
    std::uint32_t m_count = 0;
    std::vector<std::uint32_t> m_keys;
};

Result<SliceFactsPtr> sliceFacts(const Checkpoint& checkpoint, TensorId tensor, const JobContext& context);

/// A slice's stored bytes leave its file, or there is no file.
bool isShort(const Checkpoint& checkpoint, const Slice& slice);

/// `8, one per rank, cut in dimension 0, complete`.
QString cutSentence(const Checkpoint& checkpoint, TensorId tensor, const SliceFacts& facts);
/// `Hole at [0, 4480, 6400], 16 × 640 × 1792`, and what it means.
struct DamageText {
    QString title, explanation;
};
DamageText damageText(const Checkpoint& checkpoint, TensorId tensor, const SliceDamage& damage);
/// `16 × 3072 × 2304`.
QString sizeText(DimsView size);

} // namespace shardlens::ui
