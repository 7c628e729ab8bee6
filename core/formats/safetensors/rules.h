// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::safetensors {

// No header: nothing of the file can be described.
inline constexpr Rule TooShort{
    "safetensors.too-short", Severity::Error,
    "\"{0}\" has {1}; a safetensors file begins with eight bytes that say how long its header is.",
    "A download or a save was interrupted, or the file is something else; fetch or save it again."};
inline constexpr Rule HeaderPastEnd{
    "safetensors.header-past-end", Severity::Error,
    "\"{0}\" claims a header of {1}, but only {2} follow, and they do not begin like a header.",
    "The file is damaged or is no safetensors file; check where it comes from."};
inline constexpr Rule HeaderTruncated{"safetensors.header-truncated", Severity::Error,
                                      "\"{0}\" ends inside its header: {1} expected, {2} are there.",
                                      "A download or a copy was interrupted; fetch the file again."};
inline constexpr Rule HeaderTooLarge{"safetensors.header-too-large", Severity::Error,
                                     "\"{0}\" claims a header of {1}; at most {2} are read.",
                                     "Such a file is damaged or was made to exhaust memory."};
inline constexpr Rule HeaderNotUtf8{"safetensors.header-not-utf8", Severity::Error,
                                    "The header of \"{0}\" is not UTF-8.",
                                    "The file is damaged; fetch or save it again."};
inline constexpr Rule HeaderNotJson{"safetensors.header-not-json", Severity::Error,
                                    "The header of \"{0}\" is no valid JSON: {1}.",
                                    "The file is damaged or is no safetensors file; fetch or save it again."};
inline constexpr Rule HeaderNotObject{
    "safetensors.header-not-object", Severity::Error, "The header of \"{0}\" is {1}, not a JSON object.",
    "The file is damaged or was written by a faulty program; save it again."};
inline constexpr Rule HeaderTooDeep{"safetensors.header-too-deep", Severity::Error,
                                    "The header of \"{0}\" nests more than {1} deep.",
                                    "Such a file is damaged or was made to exhaust memory."};

// The header as a whole.
inline constexpr Rule HeaderAboveReference{
    "safetensors.header-above-reference", Severity::Warning,
    "The header has {0}; the safetensors library refuses headers above {1}.",
    "Other programs will not open this file; converting it to several smaller ones helps."};
inline constexpr Rule LeadingSpace{
    "safetensors.leading-space", Severity::Warning, "White space stands before the header's first brace.",
    "The format forbids it and the safetensors library accepts it; strict readers may not."};
inline constexpr Rule OtherPadding{"safetensors.other-padding", Severity::Info,
                                   "The header is padded with other white space than spaces.",
                                   "The safetensors library accepts it; strict readers may not."};
inline constexpr Rule NulPadding{
    "safetensors.nul-padding", Severity::Error, "The header is padded with {0} NUL bytes.",
    "The safetensors library refuses this file; converting it repairs the header."};
inline constexpr Rule MetadataType{
    "safetensors.metadata-type", Severity::Error, "__metadata__ may hold texts only, but {0} is {1}.",
    "The safetensors library refuses this file; converting it writes a sound header."};
inline constexpr Rule RepeatedMetadata{
    "safetensors.repeated-metadata", Severity::Error, "The header holds __metadata__ more than once.",
    "The safetensors library refuses this file; the entries of all are shown, and converting it writes one."};
inline constexpr Rule RepeatedMetadataKey{"safetensors.repeated-metadata-key", Severity::Warning,
                                          "__metadata__ holds the key \"{0}\" more than once.",
                                          "The last value counts, as in the safetensors library."};

// Entries. Those of severity Error make their tensor unreadable, except DuplicateName.
inline constexpr Rule DuplicateName{"safetensors.duplicate-name", Severity::Error,
                                    "The header holds the name \"{0}\" more than once ({1}).",
                                    "The format forbids it. The last entry counts, as in the safetensors "
                                    "library; save the file again to be sure."};
inline constexpr Rule EntryNotObject{
    "safetensors.entry-not-object", Severity::Error, "The entry \"{0}\" is {1}, not an object.",
    "The file was written by a faulty program; save it again, or exclude the tensor."};
inline constexpr Rule MissingField{
    "safetensors.missing-field", Severity::Error, "\"{0}\" has no {1}.",
    "The file was written by a faulty program; save it again, or exclude the tensor."};
inline constexpr Rule RepeatedField{
    "safetensors.repeated-field", Severity::Error, "\"{0}\" has {1} more than once.",
    "The file was written by a faulty program; save it again, or exclude the tensor."};
inline constexpr Rule FieldType{
    "safetensors.field-type", Severity::Error, "{1} of \"{0}\" is {2} where {3} belongs.",
    "The file was written by a faulty program; save it again, or exclude the tensor."};
inline constexpr Rule NumberFloat{
    "safetensors.number-float", Severity::Error, "{1} of \"{0}\" holds {2}, which is no whole number.",
    "The file was written by a faulty program; save it again, or exclude the tensor."};
inline constexpr Rule NumberNegative{
    "safetensors.number-negative", Severity::Error, "{1} of \"{0}\" holds the negative number {2}.",
    "The file was written by a faulty program; save it again, or exclude the tensor."};
inline constexpr Rule NumberTooLarge{
    "safetensors.number-too-large", Severity::Error, "{1} of \"{0}\" holds {2}, which does not fit 64 bits.",
    "The file was written by a faulty program; save it again, or exclude the tensor."};
inline constexpr Rule OffsetsCount{
    "safetensors.offsets-count", Severity::Error, "data_offsets of \"{0}\" holds {1} numbers instead of two.",
    "The file was written by a faulty program; save it again, or exclude the tensor."};
inline constexpr Rule TooManyDims{
    "safetensors.too-many-dims", Severity::Error, "\"{0}\" has more than {1} dims.",
    "Such a file is damaged or was made to exhaust memory; exclude the tensor."};
inline constexpr Rule UnknownField{
    "safetensors.unknown-field", Severity::Info,
    "Entries hold fields that the format does not know, such as \"{1}\" (tensors: {0}).",
    "They are shown with the tensors; the safetensors library ignores them."};
inline constexpr Rule UnknownDType{"safetensors.unknown-dtype", Severity::Error,
                                   "\"{1}\" has the unknown dtype \"{2}\" (tensors that have it: {0}).",
                                   "A newer version may know it. The safetensors library refuses the file; "
                                   "exclude the tensors to convert the rest."};

// Tensors and the file's bytes.
inline constexpr Rule OffsetsReversed{"safetensors.offsets-reversed", Severity::Error,
                                      "data_offsets of \"{0}\" end at {2}, before they begin at {1}.",
                                      "The header is damaged; save the file again, or exclude the tensor."};
inline constexpr Rule ShapeOverflow{"safetensors.shape-overflow", Severity::Error,
                                    "The shape of \"{0}\" has more elements than 64 bits can count.",
                                    "The header is damaged; save the file again, or exclude the tensor."};
inline constexpr Rule SubByte{"safetensors.sub-byte", Severity::Error,
                              "\"{0}\" has {1} elements of {2}, which are no whole number of bytes.",
                              "The header is damaged; save the file again, or exclude the tensor."};
inline constexpr Rule SizeMismatch{"safetensors.size-mismatch", Severity::Error,
                                   "\"{0}\" needs {1} by its dtype and shape, but data_offsets hold {2}.",
                                   "The header is damaged; save the file again, or exclude the tensor."};
inline constexpr Rule Truncated{
    "safetensors.truncated", Severity::Error,
    "The file ends early: {0} expected, {1} found, {2} missing (tensors that do not fit: {3}, the first "
    "\"{4}\").",
    "A download or a copy was interrupted; fetch the file again, or exclude the tensors."};
inline constexpr Rule Hole{
    "safetensors.hole", Severity::Error, "{0} before \"{1}\", from data offset {2} on, belong to no tensor.",
    "All tensors can be read, but the safetensors library refuses this file; converting it repairs it."};
inline constexpr Rule Overlap{
    "safetensors.overlap", Severity::Error, "\"{0}\" and \"{1}\" share {2}.",
    "The safetensors library refuses this file, and one of the two may hold wrong data; save it again."};
inline constexpr Rule MisplacedEmpty{
    "safetensors.misplaced-empty", Severity::Error,
    "\"{0}\" has no bytes, and its offset {1} lies where no tensor ends.",
    "All tensors can be read, but the safetensors library refuses this file; converting it repairs it."};
inline constexpr Rule TrailingBytes{
    "safetensors.trailing-bytes", Severity::Error, "{0} follow the last tensor.",
    "All tensors can be read, but the safetensors library refuses this file; converting it repairs it."};

// A finding of each kind is told for the first tensors; these stand for the rest.
inline constexpr Rule MoreErrors{"safetensors.more-errors", Severity::Error,
                                 "{0} more errors of the kind {1}.",
                                 "shardlens-cli rules {1} says what they mean."};
inline constexpr Rule MoreNotes{"safetensors.more-notes", Severity::Info,
                                "{0} more findings of the kind {1}.",
                                "shardlens-cli rules {1} says what they mean."};

// The writer.
inline constexpr Rule WriteName{"safetensors.write-name", Severity::Error,
                                "\"{0}\" cannot be a name or a text in a safetensors file: {1}.",
                                "Rename the tensor with --rename, or exclude it."};
inline constexpr Rule WriteRepeatedName{
    "safetensors.write-repeated-name", Severity::Error, "Two tensors would be written as \"{0}\".",
    "Change the renaming so that names stay apart, or exclude one of them."};
inline constexpr Rule WriteDType{"safetensors.write-dtype", Severity::Error,
                                 "\"{0}\" has dtype {1}, which safetensors cannot hold.",
                                 "Exclude the tensor, or cast it where that is possible."};
inline constexpr Rule WriteSize{
    "safetensors.write-size", Severity::Error,
    "\"{0}\" cannot be written: its elements are no countable whole number of bytes.", "Exclude the tensor."};

inline constexpr const Rule* all[] = {&TooShort,          &HeaderPastEnd,    &HeaderTruncated,
                                      &HeaderTooLarge,    &HeaderNotUtf8,    &HeaderNotJson,
                                      &HeaderNotObject,   &HeaderTooDeep,    &HeaderAboveReference,
                                      &LeadingSpace,      &OtherPadding,     &NulPadding,
                                      &MetadataType,      &RepeatedMetadata, &RepeatedMetadataKey,
                                      &DuplicateName,     &EntryNotObject,   &MissingField,
                                      &RepeatedField,     &FieldType,        &NumberFloat,
                                      &NumberNegative,    &NumberTooLarge,   &OffsetsCount,
                                      &TooManyDims,       &UnknownField,     &UnknownDType,
                                      &OffsetsReversed,   &ShapeOverflow,    &SubByte,
                                      &SizeMismatch,      &Truncated,        &Hole,
                                      &Overlap,           &MisplacedEmpty,   &TrailingBytes,
                                      &MoreErrors,        &MoreNotes,        &WriteName,
                                      &WriteRepeatedName, &WriteDType,       &WriteSize};

} // namespace shardlens::rules::safetensors
