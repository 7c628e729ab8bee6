// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::analysis {

inline constexpr Rule HasNan{"values.nan", Severity::Warning,
                             "{0} tensors hold NaN, {1} values in all; the first is {2}.",
                             "A training step may have diverged; look at the tensors' statistics."};
inline constexpr Rule HasInfinity{
    "values.infinity", Severity::Warning, "{0} tensors hold infinite values, {1} in all; the first is {2}.",
    "A cast to a smaller dtype may have overflowed; look at the tensors' statistics."};
inline constexpr Rule AllZero{
    "values.all-zero", Severity::Warning, "{0} tensors hold nothing but zeros; the first is {1}.",
    "Usual for fresh biases and buffers; elsewhere data may have been lost before it was "
    "saved."};
inline constexpr Rule Identical{
    "values.identical", Severity::Info,
    "{0} tensors hold the same bytes as another one; the first pair is {1} and {2}.",
    "They may be tied or copied; a conversion keeps each."};
inline constexpr Rule StoredCrc{"values.crc-mismatch", Severity::Error,
                                "The stored data of \"{0}\" has CRC {1}, its record says {2}.",
                                "The data was changed or damaged after it was written; copy the file again."};
inline constexpr Rule StoredCrcs{
    "values.crc-mismatches", Severity::Error,
    "{0} stored parts of the file have other CRCs than their records say (the first is \"{1}\").",
    "The data was changed or damaged after it was written; copy the file again."};

inline constexpr Rule RenameCollision{
    "compare.rename-collision", Severity::Error,
    "The renaming gives \"{0}\" the name \"{1}\", which another tensor has.",
    "Make the pattern more exact, so that every tensor keeps a name of its own."};

inline constexpr Rule ShapesDiffer{"compare.shapes-differ", Severity::Error,
                                   "\"{0}\" and \"{1}\" have different shapes.",
                                   "Values can be compared one by one in tensors of one shape only."};

inline constexpr const Rule* all[] = {&HasNan,    &HasInfinity, &AllZero,         &Identical,
                                      &StoredCrc, &StoredCrcs,  &RenameCollision, &ShapesDiffer};

} // namespace shardlens::rules::analysis
