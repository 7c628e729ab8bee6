// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::hub {

// The index.
inline constexpr Rule IndexLfsPointer{
    "hub.index-lfs-pointer", Severity::Error,
    "The index \"{0}\" is a Git LFS pointer; its content was not downloaded.",
    "Run `git lfs pull` in the repository, or download the file again."};
inline constexpr Rule IndexNotObject{"hub.index-not-object", Severity::Error,
                                     "The index \"{0}\" is JSON, but no object.",
                                     "The shards are opened without it; download the index again."};
inline constexpr Rule NoWeightMap{"hub.no-weight-map", Severity::Error,
                                  "The index \"{0}\" has no object weight_map.",
                                  "The shards are opened without it; download the index again."};
inline constexpr Rule WeightMapValue{
    "hub.weight-map-value", Severity::Error,
    "The index gives no file name for {0} tensors (the first is \"{1}\").",
    "weight_map must name a file for each tensor; download the index again."};
inline constexpr Rule WeightMapPath{
    "hub.weight-map-path", Severity::Error,
    "The index puts {1} tensors (the first is \"{2}\") in \"{0}\", which is refused: {3}.",
    "An index may only name files beside it. Do not trust this checkpoint."};
inline constexpr Rule IndexDuplicateKey{"hub.index-duplicate-key", Severity::Warning,
                                        "The index names {0} tensors more than once (the first is \"{1}\").",
                                        "The last one counts, as in other programs; write the index again."};
inline constexpr Rule TotalSize{
    "hub.total-size", Severity::Warning, "The index says that the tensors take {0} bytes, they take {1}.",
    "Shards may be lost or belong to another save; other programs do not look at it."};
inline constexpr Rule NoIndex{"hub.no-index", Severity::Warning, "{0} shards have no index file.",
                              "They are opened as one checkpoint; transformers needs an index."};
inline constexpr Rule LooseFiles{
    "hub.loose-files", Severity::Info,
    "{0} files that no index and no numbering ties together are opened as one checkpoint.",
    "Open one of the files to see it alone."};

// Files.
inline constexpr Rule FileMissing{
    "hub.file-missing", Severity::Error,
    "\"{0}\" is missing: the index puts {1} tensors in it (the first is \"{2}\").",
    "Copy or download the file into the folder."};
inline constexpr Rule NumberMissing{
    "hub.number-missing", Severity::Error, "{0} of {1} shards are missing (the first is number {2}).",
    "Copy or download them into the folder; nothing says which tensors they hold."};
inline constexpr Rule FileUnmapped{
    "hub.file-unmapped", Severity::Warning,
    "The index does not name \"{0}\", which belongs to the same set of shards.",
    "Its tensors are shown; programs that follow the index miss them."};
inline constexpr Rule LeftoverShards{
    "hub.leftover-shards", Severity::Warning,
    "{0} shards of another numbering lie here too (the first is \"{1}\").",
    "They were left out; they may be left over from an earlier save and can then be removed."};
inline constexpr Rule Unfinished{"hub.unfinished-save", Severity::Error,
                                 "\"{0}\" marks a save that was not finished.",
                                 "Open another checkpoint; tensors here may be missing or old."};
inline constexpr Rule Vanished{"hub.vanished", Severity::Error,
                               "The files of \"{0}\" changed while it was being opened.",
                               "Open it again when nothing writes to it any more."};
inline constexpr Rule TooManyFiles{"hub.too-many-files", Severity::Error,
                                   "The checkpoint names more than {0} files.",
                                   "Such a file is damaged or was made to exhaust memory."};
inline constexpr Rule FurtherErrors{"hub.further-errors", Severity::Error,
                                    "{0} further errors of the rule {1} are not listed.",
                                    "Mend the causes that are listed, then check again."};
inline constexpr Rule FurtherFindings{"hub.further-findings", Severity::Info,
                                      "{0} further findings of the rule {1} are not listed.",
                                      "Mend the causes that are listed, then check again."};

// Index and headers.
inline constexpr Rule TensorElsewhere{
    "hub.tensor-elsewhere", Severity::Warning,
    "{1} tensors that the index puts in \"{0}\" lie elsewhere (the first, \"{2}\", in \"{3}\").",
    "They are read where they are; programs that follow the index fail. Write the index again."};
inline constexpr Rule TensorAbsent{
    "hub.tensor-absent", Severity::Error,
    "{1} tensors that the index puts in \"{0}\" are in no file (the first is \"{2}\").",
    "The file may be of another save; download the checkpoint again."};
inline constexpr Rule TensorUnmapped{
    "hub.tensor-unmapped", Severity::Warning,
    "{1} tensors in \"{0}\" are not in the index (the first is \"{2}\").",
    "They are shown; programs that follow the index miss them. Write the index again."};
inline constexpr Rule TensorTwice{
    "hub.tensor-twice", Severity::Warning,
    "{2} tensors in \"{0}\" are in \"{1}\" too (the first is \"{3}\").",
    "The one that the index names counts; the other may hold different values."};
inline constexpr Rule TensorAmbiguous{
    "hub.tensor-ambiguous", Severity::Error,
    "{2} tensors in \"{0}\" are in \"{1}\" too (the first is \"{3}\"), and nothing says which one counts.",
    "Open one of the files alone, or remove the wrong one."};

// DCP slices.
inline constexpr Rule DcpVersion{
    "hub.dcp-version", Severity::Warning,
    "The slices were written in version \"{0}\" of their metadata, which is not known here.",
    "They are read as version {1}; compare with what the writer saved."};
inline constexpr Rule ShardingInfo{"hub.sharding-info", Severity::Error,
                                   "DCP_SHARDING_INFO in \"{0}\" cannot be read: {1}.",
                                   "Nothing says where the file's slices belong; save the checkpoint again."};
inline constexpr Rule OffsetsBroken{
    "hub.saved-offsets", Severity::Error,
    "saved_offsets of {1} slices in \"{0}\" make no sense (\"{2}\": {3}).",
    "Nothing says where these slices belong; save the checkpoint again, or exclude the tensors."};
inline constexpr Rule OffsetsMissing{
    "hub.offsets-missing", Severity::Warning,
    "\"{0}\" does not say where {1} of its tensors belong (the first is \"{2}\").",
    "They are taken for whole tensors."};
inline constexpr Rule SliceAbsent{
    "hub.slice-absent", Severity::Warning,
    "DCP_SHARDING_INFO in \"{0}\" names {1} slices that the file lacks (the first is \"{2}\").",
    "The file may be of another save; save the checkpoint again."};
inline constexpr Rule DimsDisagree{
    "hub.dims-disagree", Severity::Error,
    "The slices of \"{0}\" have different numbers of dims ({1} in \"{2}\", {3} in \"{4}\").",
    "Files of two different saves may be mixed; exclude the tensor."};
inline constexpr Rule DTypeDisagrees{
    "hub.dtype-disagrees", Severity::Error,
    "The slices of \"{0}\" have different dtypes ({1} in \"{2}\", {3} in \"{4}\").",
    "Files of two different saves may be mixed; exclude the tensor."};
inline constexpr Rule ShapeDisagrees{"hub.global-shape-disagrees", Severity::Error,
                                     "The slices of \"{0}\" do not agree on its shape ({1} and {2}).",
                                     "Files of two different saves may be mixed; exclude the tensor."};
inline constexpr Rule LostRanks{
    "hub.lost-ranks", Severity::Warning,
    "No file is there of {0} ranks between the others (the first is rank {1}, \"{2}…\").",
    "A rank that had nothing to save writes none; if one is lost, so are tensors that only "
    "it held. Compare with the folder that was saved."};
inline constexpr Rule WholeBesideSlices{"hub.whole-beside-slices", Severity::Warning,
                                        "\"{0}\" holds whole tensors beside DCP slices in other files.",
                                        "PyTorch cannot consolidate such a folder; Shardlens can."};
inline constexpr Rule ArchiveBefore{
    "hub.archive-before-header", Severity::Warning,
    "\"{0}\" begins with {1} torch.save archives, {2}; the safetensors header comes behind them.",
    "No safetensors reader opens such a file; convert the checkpoint. The archives hold values that are no "
    "tensors."};
inline constexpr Rule BrokenPrefix{
    "hub.broken-archive-prefix", Severity::Error,
    "\"{0}\" begins with a torch.save archive that does not end before a safetensors header.",
    "The file is damaged or holds something else; a lone archive needs a name such as .pt."};
inline constexpr Rule MappedAbsent{"hub.mapped-absent", Severity::Warning,
                                   "\"{0}\" names {1} tensors that no slice holds (the first is \"{2}\").",
                                   "They may be tied to others; if they are not, a rank's file is lost."};
inline constexpr Rule MappedMissing{"hub.mapping-lacks-tensor", Severity::Warning,
                                    "\"{0}\" does not name {1} tensors (the first is \"{2}\").",
                                    "A consolidation by this map has no file for them."};

inline constexpr const Rule* all[] = {
    &IndexLfsPointer,   &IndexNotObject, &NoWeightMap,       &WeightMapValue,  &WeightMapPath,
    &IndexDuplicateKey, &TotalSize,      &NoIndex,           &LooseFiles,      &FileMissing,
    &NumberMissing,     &FileUnmapped,   &LeftoverShards,    &Unfinished,      &Vanished,
    &TooManyFiles,      &FurtherErrors,  &FurtherFindings,   &TensorElsewhere, &TensorAbsent,
    &TensorUnmapped,    &TensorTwice,    &TensorAmbiguous,   &DcpVersion,      &ShardingInfo,
    &OffsetsBroken,     &OffsetsMissing, &SliceAbsent,       &DimsDisagree,    &DTypeDisagrees,
    &ShapeDisagrees,    &LostRanks,      &WholeBesideSlices, &ArchiveBefore,   &BrokenPrefix,
    &MappedAbsent,      &MappedMissing};

} // namespace shardlens::rules::hub
