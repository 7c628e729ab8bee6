// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"
#include "model/dtype.h"
#include "model/finding.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace shardlens::convert {

/// Bytes that the plan itself holds: headers, indexes, rewritten configs.
struct Literal {
    std::string bytes;
};

/// `length` bytes of one value (spaces in a header, zeros between records).
struct Padding {
    std::uint8_t fill = 0;
};

/// Bytes copied as they are from a source: side files, whole entries of an archive.
struct FileRange {
    ByteSourcePtr source;
    std::uint64_t offset = 0;
};

/// All elements of a tensor, row-major and packed, cast where `dtype` differs from the tensor's.
struct TensorRange {
    std::uint32_t source = 0; ///< index into Plan::sources
    TensorId tensor;
    DType dtype = DType::Unknown;
};

/// CRC-32 (4 bytes, little-endian) over other pieces of the same file, [firstPiece, lastPiece); written last.
struct Checksum {
    std::uint32_t firstPiece = 0, lastPiece = 0;
};

struct Piece {
    std::uint64_t offset = 0; ///< in the output file
    std::uint64_t length = 0; ///< bytes
    std::variant<Literal, Padding, FileRange, TensorRange, Checksum> what;
};

/// One file to be written; pieces tile [0, bytes).
struct PlannedFile {
    std::string path; ///< relative to the target folder
    std::uint64_t bytes = 0;
    std::vector<Piece> pieces;
    std::vector<std::string> tensors; ///< final names, in file order
    /// What the CRC-32 of all bytes must be; found otherwise, writing fails with `zip.crc-mismatch`.
    std::optional<std::uint32_t> crc32;
    enum class Role : std::uint8_t { Weights, Index, Side, Values, Archive } role = Role::Weights;
    std::uint32_t part = 0; ///< which of Plan::parts writes it, from 1; 0 where one run writes all
};

/// A tensor or entry that stays behind, with the reason as a sentence for people.
struct Skipped {
    std::string name;
    std::string reason;
    std::uint64_t bytes = 0;
};

/// What a conversion will write, before anything is written. A pure value made from metadata alone: the
/// same inputs and options give the same plan. Blocked where `notes` hold an Error; each note lists the
/// tensors that excluding would remove it for.
struct Plan {
    std::vector<CheckpointPtr> sources;
    std::vector<ByteSourcePtr> inputs; ///< files that literals were made from
    std::string target;                ///< folder, or the file where `singleFile`
    bool singleFile = false;
    std::string namePattern;           ///< of the weights: by it what an earlier run left is known
    std::uint32_t part = 0, parts = 0; ///< which of several processes this is, from 1; 0: the only one
    std::vector<PlannedFile> files;    ///< in order of publishing: the index last
    std::vector<Skipped> skipped;
    std::vector<std::pair<std::string, std::string>> renamed; ///< source name, final name, where they differ
    std::vector<std::string> cast;                            ///< final names of tensors whose dtype changes
    Findings notes;
    std::uint64_t bytesRead = 0;
    std::uint64_t bytesWritten = 0;

    bool blocked() const;
};

/// Bytes of the sources that writing a file reads.
std::uint64_t bytesReadFor(const Plan& plan, const PlannedFile& file);

} // namespace shardlens::convert
