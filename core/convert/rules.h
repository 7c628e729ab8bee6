// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules {

inline constexpr Rule ConvertBadOption{"convert.bad-option", Severity::Error,
                                       "{0} cannot be understood: {1}.",
                                       "shardlens-cli convert --help says what it takes."};
inline constexpr Rule ConvertBadMap{"convert.bad-map", Severity::Error,
                                    "The map \"{0}\" cannot be used: {1}.",
                                    "A map is a JSON object of tensor names and file numbers from 1 on."};
inline constexpr Rule ConvertNothingLeft{"convert.nothing-left", Severity::Error,
                                         "No tensor is left to be written.",
                                         "Loosen the filters; the list of what is left out says why."};
inline constexpr Rule ConvertNoSuchName{"convert.no-such-name", Severity::Warning,
                                        "{0} names no tensor here: \"{1}\".",
                                        "Names are exact and those of the source, before any renaming."};
inline constexpr Rule ConvertNotInFormat{
    "convert.not-in-format", Severity::Error,
    "safetensors cannot hold {0}, the dtype of {1} tensors (first \"{2}\").",
    "Exclude them; the other tensors can be written."};
inline constexpr Rule ConvertBadName{"convert.bad-name", Severity::Error,
                                     "safetensors cannot hold the names of {0} tensors (first \"{1}\"): {2}.",
                                     "Rename them with --rename, or exclude them."};
inline constexpr Rule ConvertNameTaken{"convert.name-taken", Severity::Error,
                                       "\"{0}\" and \"{1}\" would both be written as \"{2}\".",
                                       "Change the renaming, or exclude one of them."};
inline constexpr Rule ConvertUnmapped{"convert.unmapped", Severity::Error,
                                      "{0} tensors are named by no line of {1}: {2}.",
                                      "Add them to the map, or exclude them: they would be lost."};
inline constexpr Rule ConvertMappedAbsent{
    "convert.mapped-absent", Severity::Warning,
    "{0} names in {1} are held by no slice and are left out: {2}.",
    "Tied weights are saved once, so this may be as it should; otherwise a file is missing."};
inline constexpr Rule ConvertRenumbered{
    "convert.renumbered", Severity::Info,
    "The file numbers in {0} are not 1 to {1}: files are renumbered in their order.",
    "Nothing needs to be done; the index names the files as they are written."};
inline constexpr Rule ConvertShapeDiffers{
    "convert.shape-differs", Severity::Warning, "{0} tensors have another shape than in {1} (first \"{2}\").",
    "The reference may be of another model; the source's shapes are written."};
inline constexpr Rule ConvertSourceFinding{
    "convert.source-finding", Severity::Warning, "The source has a problem: {0}",
    "Look at the checkpoint's findings: what is described is written, what is not cannot be."};
inline constexpr Rule ConvertSourceIncomplete{"convert.source-incomplete", Severity::Error,
                                              "The source is not whole: {0}",
                                              "Copy the missing part beside the others; or say what to "
                                              "convert without it (--include, --include-name)."};
inline constexpr Rule ConvertNoOriginal{"convert.no-original-dtypes", Severity::Error,
                                        "The source does not record its tensors' original dtypes.",
                                        "Name the dtype to cast to instead of `original`."};
inline constexpr Rule ConvertOriginalUnusable{
    "convert.original-unusable", Severity::Warning,
    "{0} tensors keep their dtype: the recorded one is unknown, or no cast leads to it (first \"{1}\").",
    "Ordinary floats alone are cast; everything else stays as it is."};
inline constexpr Rule ConvertManyFiles{
    "convert.many-files", Severity::Error,
    "{0} files are to be written and the name pattern \"{1}\" tells them not apart.",
    "Put {suffix} into the pattern, as in model{suffix}.safetensors."};
inline constexpr Rule ConvertPartial{"convert.partial-copy", Severity::Info,
                                     "{0} tensors share memory and are written in full: {1}.",
                                     "They are different views of one storage, so each needs its own copy."};
inline constexpr Rule ConvertTargetIsInput{"convert.target-is-input", Severity::Error,
                                           "The target \"{0}\" is {1}.",
                                           "Choose another folder: inputs are never written to."};
inline constexpr Rule ConvertTargetNotEmpty{"convert.target-not-empty", Severity::Error,
                                            "The folder \"{0}\" is not empty.",
                                            "Choose another folder, or allow it with --force."};
inline constexpr Rule ConvertBlocked{"convert.blocked", Severity::Error, "The plan is blocked: {0}",
                                     "Solve what its notes say, or exclude the tensors that they name."};
inline constexpr Rule ConvertSourceChanged{
    "convert.source-changed", Severity::Error, "\"{0}\" changed while it was read.",
    "Stop whatever writes to it, then run it again; nothing is left under a final name."};
inline constexpr Rule ConvertVerifyFailed{
    "convert.verify-failed", Severity::Error, "What was written to \"{0}\" is not what was planned: {1}.",
    "The disk or the memory may be failing; nothing is left under a final name."};
inline constexpr Rule ConvertOverflow{
    "convert.overflow", Severity::Warning, "{0} finite values became infinite in the cast.",
    "Exempt their tensors with --keep-dtype, or cast to BF16, which reaches as far as F32."};
inline constexpr Rule ConvertStale{"convert.stale-not-removed", Severity::Warning,
                                   "The earlier file \"{0}\" could not be removed: {1}.",
                                   "Remove it by hand; the index does not name it."};
inline constexpr Rule ConvertObviousChoice{
    "convert.obvious-choice", Severity::Info, "The weights alone would be {0} tensors, {1}, with {2}.",
    "Names tell that a trainer or a wrapper added to them; nothing is left out or renamed unless you ask."};
inline constexpr Rule ConvertPlanTooLarge{"convert.too-large", Severity::Error,
                                          "The output would have more than 2^63 bytes.",
                                          "The source's sizes make no sense; look at its findings."};
inline constexpr Rule ConvertPartsMissing{
    "convert.parts-missing", Severity::Error, "{0} files of the plan are not written yet: {1}.",
    "Run the parts that write them (--dry-run with --partition shows whose they are), then finish again."};
inline constexpr Rule ConvertNothingStaged{"convert.nothing-staged", Severity::Error,
                                           "No part of this plan has been written beside \"{0}\".",
                                           "Finish with the source and the options that the parts had; a "
                                           "source that changed since is another plan."};
inline constexpr Rule ConvertPublishedBefore{"convert.published-before", Severity::Info,
                                             "\"{0}\" held the whole result already{1}.",
                                             "Nothing needs to be done."};

namespace convert {
inline constexpr const Rule* all[] = {
    &ConvertBadOption,        &ConvertBadMap,        &ConvertNothingLeft,      &ConvertNoSuchName,
    &ConvertNotInFormat,      &ConvertBadName,       &ConvertNameTaken,        &ConvertUnmapped,
    &ConvertMappedAbsent,     &ConvertRenumbered,    &ConvertShapeDiffers,     &ConvertSourceFinding,
    &ConvertSourceIncomplete, &ConvertNoOriginal,    &ConvertOriginalUnusable, &ConvertManyFiles,
    &ConvertPartial,          &ConvertTargetIsInput, &ConvertTargetNotEmpty,   &ConvertBlocked,
    &ConvertSourceChanged,    &ConvertVerifyFailed,  &ConvertOverflow,         &ConvertStale,
    &ConvertPlanTooLarge,     &ConvertPartsMissing,  &ConvertNothingStaged,    &ConvertPublishedBefore,
    &ConvertObviousChoice};
} // namespace convert

} // namespace shardlens::rules
