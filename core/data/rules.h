// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules {

inline constexpr Rule DataUnreadable{
    "data.unreadable", Severity::Error, "The tensor \"{0}\" cannot be read whole: {1}.",
    "Look at the checkpoint's findings; exclude the tensor, or restore the missing files."};
inline constexpr Rule DataDTypeDisagrees{
    "data.dtype-disagrees", Severity::Error,
    "A slice of \"{0}\" is stored as {1} while the metadata says {2}.",
    "Files of two different saves may be mixed; save the checkpoint again, or exclude the tensor."};
inline constexpr Rule DataStridesDisagree{
    "data.strides-disagree", Severity::Error, "A slice of \"{0}\" has {1} strides and {2} dims.",
    "The file contradicts itself; save the checkpoint again, or exclude the tensor."};
inline constexpr Rule DataOutsideStorage{
    "data.outside-storage", Severity::Error,
    "A slice of \"{0}\" needs bytes {1} to {2} of a storage that has {3}.",
    "The file was cut off or its metadata belongs to another save; copy it again, or exclude the tensor."};
inline constexpr Rule DataPastEnd{"data.past-end-of-file", Severity::Error,
                                  "The data of \"{0}\" ends at byte {1} of a file that has {2}.",
                                  "The file was cut off; copy or download it again, or exclude the tensor."};
inline constexpr Rule DataUnknownDType{
    "data.unknown-dtype", Severity::Error, "The tensor \"{0}\" has the unknown dtype \"{1}\".",
    "Its elements cannot be told apart; exclude the tensor, or use a newer Shardlens."};
inline constexpr Rule DataBadRange{
    "data.bad-range", Severity::Error, "Elements {0} to {1} of \"{2}\" cannot be read on their own: {3}.",
    "Read a range that lies in the tensor and begins and ends on whole bytes."};
inline constexpr Rule DataDecodeFailed{"data.decode-failed", Severity::Error,
                                       "The compressed data of \"{0}\" is damaged: {1}.",
                                       "Copy the file again from where it was saved, or exclude the tensor."};
inline constexpr Rule DataDecodedShort{
    "data.decoded-short", Severity::Error, "The compressed data of \"{0}\" ends after {1} of {2}.",
    "The file was cut off or its metadata is wrong; copy it again, or exclude the tensor."};
inline constexpr Rule DataTooLargeToPermute{
    "data.too-large-to-permute", Severity::Error,
    "A slice of \"{0}\" is compressed and stored in another order of its dims: turning it needs {1} at once.",
    "Allow that much with --memory, or exclude the tensor."};
inline constexpr Rule DataCannotNegate{
    "data.cannot-negate", Severity::Error,
    "The tensor \"{0}\" is marked as {1}, which its dtype {2} cannot be.",
    "The file contradicts itself; save the checkpoint again, or exclude the tensor."};

namespace data {
inline constexpr const Rule* all[] = {&DataUnreadable,        &DataDTypeDisagrees, &DataStridesDisagree,
                                      &DataOutsideStorage,    &DataPastEnd,        &DataUnknownDType,
                                      &DataBadRange,          &DataDecodeFailed,   &DataDecodedShort,
                                      &DataTooLargeToPermute, &DataCannotNegate};
} // namespace data

} // namespace shardlens::rules
