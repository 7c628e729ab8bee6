// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules {

inline constexpr Rule SlicesMissing{
    "slices.missing", Severity::Error, "{0} elements of {1} belong to no slice (the first hole is {2}).",
    "A rank's file is missing or was not saved; copy it here, or exclude the tensor."};
inline constexpr Rule SlicesOverlap{
    "slices.overlap", Severity::Error, "Two slices of {0} cover the same elements: {1}.",
    "Files of two different saves may be mixed; save the checkpoint again, or exclude the tensor."};
inline constexpr Rule SliceOutOfBounds{
    "slices.out-of-bounds", Severity::Error, "The slice {1} of {0} leaves the shape {2}.",
    "The metadata contradicts itself; save the checkpoint again, or exclude the tensor."};
inline constexpr Rule SlicePastEnd{
    "slices.past-end-of-file", Severity::Error,
    "{0} tensors have data past the end of the file; {1} are missing.",
    "The file was cut off; copy or download it again, or exclude the tensors."};
inline constexpr Rule SliceWithoutBytes{
    "slices.without-bytes", Severity::Error, "{0} slices have no stored bytes.",
    "The save was not finished or metadata was lost; save the checkpoint again, or exclude the tensors."};
inline constexpr Rule TooManyTensors{"limits.too-many-tensors", Severity::Error,
                                     "The checkpoint names more than {0} tensors.",
                                     "Such a file is damaged or was made to exhaust memory."};
inline constexpr Rule TooManySlices{"limits.too-many-slices", Severity::Error,
                                    "The checkpoint names more than {0} slices.",
                                    "Such a file is damaged or was made to exhaust memory."};
inline constexpr Rule NameTooLong{"limits.name-too-long", Severity::Error,
                                  "A name has {0}; at most {1} are accepted.",
                                  "Such a file is damaged or was made to exhaust memory."};

inline constexpr Rule TooManyElements{
    "limits.too-many-elements", Severity::Error,
    "{0} tensors have more elements than 64 bits count (first {1}, shape {2}).",
    "Such a file is damaged or was made to exhaust memory; exclude the tensors."};
inline constexpr Rule SlicesMissingInMany{
    "slices.missing-in-many", Severity::Error,
    "{0} tensors have elements that belong to no slice (the first is {1}, at {2}).",
    "A rank's file is missing or was not saved; copy it here, or exclude the tensors."};
inline constexpr Rule StoredSizeDiffers{
    "slices.stored-size", Severity::Error,
    "A slice of {0} takes {1}, which is not what its shape of {2} needs.",
    "The metadata contradicts itself; save the checkpoint again, or exclude the tensor."};
inline constexpr Rule NoDecoder{"entries.no-decoder", Severity::Error,
                                "The entry {0} cannot be shown: nothing here decodes it.",
                                "Its file can still be copied and looked at with the tool that wrote it."};

namespace model {
inline constexpr const Rule* all[] = {&SlicesMissing,       &SlicesOverlap,     &SliceOutOfBounds,
                                      &SlicePastEnd,        &SliceWithoutBytes, &TooManyTensors,
                                      &TooManySlices,       &NameTooLong,       &TooManyElements,
                                      &SlicesMissingInMany, &StoredSizeDiffers, &NoDecoder};
} // namespace model

} // namespace shardlens::rules
