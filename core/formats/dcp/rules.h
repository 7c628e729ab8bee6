// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::dcp {

inline constexpr Rule UnfinishedSave{
    "dcp.unfinished-save", Severity::Error,
    "The save was not finished: there is .metadata.tmp and no .metadata.",
    "Take an earlier checkpoint; PyTorch renames the file when all ranks have written theirs."};
inline constexpr Rule NoMetadata{"dcp.no-metadata", Severity::Error,
                                 "There are .distcp files and no .metadata that says what is in them.",
                                 "Copy the whole folder; hidden files are easily left behind."};
inline constexpr Rule NotMetadata{"dcp.not-metadata", Severity::Error,
                                  "\"{0}\" holds {1}, not the metadata of a distributed checkpoint.",
                                  "Check that this is a PyTorch distributed checkpoint."};
inline constexpr Rule Paddle{
    "dcp.paddle", Severity::Error,
    "This is a checkpoint of PaddlePaddle, whose files have the same names in another format.",
    "Load it with PaddlePaddle and save it as safetensors."};
inline constexpr Rule BadEntry{"dcp.bad-entry", Severity::Error,
                               "The metadata of {0} cannot be understood: {1}.",
                               "The metadata is damaged or newer than this program; exclude the tensor."};
inline constexpr Rule UnknownDType{"dcp.unknown-dtype", Severity::Error,
                                   "{0} tensors have dtypes that are not known here ({1}).",
                                   "They are listed with their shapes; exclude them from conversions."};
inline constexpr Rule UnsafePath{"dcp.unsafe-path", Severity::Error,
                                 "The metadata names the data file \"{0}\": {1}.",
                                 "It is not opened. Do not trust this checkpoint."};
inline constexpr Rule FileMissing{"dcp.file-missing", Severity::Error,
                                  "\"{0}\" is missing; {1} tensors and {2} values lie in it.",
                                  "Copy the rank's file here, or exclude the tensors."};
inline constexpr Rule FileUnreadable{"dcp.file-unreadable", Severity::Error, "\"{0}\" cannot be opened: {1}",
                                     "Copy the rank's file again, or exclude the tensors."};
inline constexpr Rule ValuePastEnd{"dcp.value-past-end", Severity::Error,
                                   "{0} values reach past the end of the file (the first is {1}).",
                                   "The file was cut off; copy it again."};
inline constexpr Rule ValueWithoutBytes{"dcp.value-without-bytes", Severity::Error,
                                        "{0} values have no stored bytes (the first is {1}).",
                                        "The metadata is damaged; save the checkpoint again."};
inline constexpr Rule ValueUnreadable{"dcp.value-unreadable", Severity::Error,
                                      "The value {0} cannot be decoded: {1}",
                                      "Its file is damaged; copy it again."};
inline constexpr Rule SizeDiffers{
    "dcp.size-differs", Severity::Error,
    "The item of {0} at {1} holds a tensor of size {2}; its slice has size {3}.",
    "The metadata belongs to other files; do not use this tensor."};
inline constexpr Rule DTypeDiffers{"dcp.dtype-differs", Severity::Warning,
                                   "{0} is stored as {1}; the metadata says {2}.",
                                   "The stored dtype is used."};
inline constexpr Rule DTypesMixed{"dcp.dtypes-mixed", Severity::Error,
                                  "The slices of {0} are stored with different dtypes ({1} and {2}).",
                                  "Files of two saves may be mixed; save the checkpoint again."};
inline constexpr Rule ItemUnreadable{"dcp.item-unreadable", Severity::Error,
                                     "The item of {0} at {1} cannot be read: {2}",
                                     "The data file is damaged; copy it again, or exclude the tensor."};
inline constexpr Rule UnknownTransform{
    "dcp.unknown-transform", Severity::Error,
    "{0} tensors and values were written through the transform \"{1}\".",
    "Only stream.zstd/1 is known; read them with the program that wrote them."};
inline constexpr Rule SliceNotInPart{
    "dcp.slice-not-in-part", Severity::Error,
    "{0} slices are not in the safetensors part of \"{1}\" (the first is {2} at {3}).",
    "PyTorch's safetensors writer keeps one slice of a tensor and rank; save the checkpoint again without "
    "it."};
inline constexpr Rule ItemsOverlap{"dcp.items-overlap", Severity::Warning,
                                   "{0} items share bytes of the file with another one.",
                                   "The metadata is damaged, or was made by hand."};
inline constexpr Rule UnclaimedBytes{"dcp.unclaimed-bytes", Severity::Info,
                                     "{0} of the file belong to no item of the metadata.",
                                     "Another save may have left them; they are not converted."};
inline constexpr Rule StaleFiles{"dcp.stale-files", Severity::Warning,
                                 "{0} data files are not named by the metadata ({1}; {2}).",
                                 "An earlier save with more ranks left them; they can be deleted."};
inline constexpr Rule TemporaryLeft{
    "dcp.temporary-left", Severity::Info, "There is a .metadata.tmp beside the metadata.",
    "A later save into this folder was not finished; its data files may have replaced some."};
inline constexpr Rule ValuesDiffer{"dcp.values-differ", Severity::Warning,
                                   "The value {0} differs between ranks: {1} in {2}, {3} in {4}.",
                                   "The lowest rank's is shown; PyTorch reads each rank's own."};
inline constexpr Rule MetadataDiffers{"dcp.metadata-differs", Severity::Error,
                                      "The ranks disagree about {0}: {1} in {2}, {3} in {4}.",
                                      "Files of two saves may be mixed; exclude the tensor."};
inline constexpr Rule RankMissing{"dcp.rank-missing", Severity::Warning,
                                  "There is no metadata of rank {0}, and there is of rank {1}.",
                                  "Copy the metadata and data files of all ranks."};
inline constexpr Rule ValuesNotSearched{
    "dcp.values-not-searched", Severity::Info,
    "{0} of {1} values were not searched for dangerous callables, to open the checkpoint at once.",
    "Each is inert here all the same; think before Python loads them."};
inline constexpr Rule TrainersPath{"dcp.trainers-path", Severity::Info,
                                   "The metadata tells where it was saved: {0}.",
                                   "Whoever gets this checkpoint can read that path."};
inline constexpr Rule MegatronNames{
    "dcp.megatron-names", Severity::Info,
    "The names are Megatron-Core's, with layers stacked in one tensor; they are not Hugging Face names.",
    "Consolidating keeps them; a model for transformers needs Megatron's own export besides."};
inline constexpr Rule Reformulated{
    "dcp.reformulated", Severity::Info,
    "{0} tensors are stored as grids of flattened fragments; their logical shapes are among their facts.",
    "Converted they keep the stored shape; Megatron-Core puts the fragments together when it loads them."};

inline constexpr const Rule* all[] = {
    &UnfinishedSave,    &NoMetadata,       &NotMetadata,    &Paddle,          &BadEntry,
    &UnknownDType,      &UnsafePath,       &FileMissing,    &FileUnreadable,  &ValuePastEnd,
    &ValueWithoutBytes, &ValueUnreadable,  &SizeDiffers,    &DTypeDiffers,    &DTypesMixed,
    &ItemUnreadable,    &UnknownTransform, &SliceNotInPart, &ItemsOverlap,    &UnclaimedBytes,
    &StaleFiles,        &TemporaryLeft,    &ValuesDiffer,   &MetadataDiffers, &RankMissing,
    &ValuesNotSearched, &TrainersPath,     &MegatronNames,  &Reformulated};

} // namespace shardlens::rules::dcp
