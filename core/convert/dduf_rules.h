// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules {

// Unpacking.
inline constexpr Rule UnpackNoSuchEntry{"unpack.no-such-entry", Severity::Error,
                                        "The archive holds no entry and no component \"{0}\".",
                                        "Names are those that shardlens-cli dduf ls prints."};
inline constexpr Rule UnpackBreaksRule{"unpack.breaks-rule", Severity::Warning,
                                       "The archive breaks a rule of DDUF: {0}",
                                       "It is unpacked as it is; other readers may refuse it."};

// Exporting: what is asked for.
inline constexpr Rule ExportNoSuchComponent{"export.no-such-component", Severity::Error,
                                            "{0} names a component \"{1}\" that the pipeline has not: {2}.",
                                            "Name one of those that are listed."};
inline constexpr Rule ExportNoSuchWeights{"export.no-such-weights", Severity::Error,
                                          "The component \"{0}\" has no weights \"{1}\": {2}.",
                                          "Name one of those that are listed."};
inline constexpr Rule ExportNoSuchVariant{"export.no-such-variant", Severity::Warning,
                                          "No component has weights of the variant \"{0}\": {1}.",
                                          "The weights that are meant without a variant are taken."};
inline constexpr Rule ExportFellBack{"export.fell-back", Severity::Info,
                                     "There is no variant \"{0}\" of {1}; other weights of theirs are taken.",
                                     "--weights COMPONENT=SET chooses for a component."};
inline constexpr Rule ExportExcluded{"export.excluded", Severity::Info,
                                     "\"{0}\" is left out: model_index.json says [null, null] of it.",
                                     "Whoever loads the archive must give the component, or do without."};

// Exporting: components and weights.
inline constexpr Rule ExportComponentMissing{
    "export.component-missing", Severity::Error,
    "model_index.json names the component \"{0}\", and nothing of it is there.",
    "Download or copy its folder, or leave it out with --exclude {0}."};
inline constexpr Rule ExportNoWeights{"export.no-weights", Severity::Error,
                                      "The component \"{0}\" ({1}) has no weights that can be exported.",
                                      "Download its safetensors, or leave it out with --exclude {0}."};
inline constexpr Rule ExportPickledOnly{
    "export.pickled-only", Severity::Error,
    "The weights \"{1}\" of the component \"{0}\" are pickles, which DDUF does not allow.",
    "Convert them on the way with --convert-pickles, or leave it out with --exclude {0}."};
inline constexpr Rule ExportNoChoice{"export.no-obvious-weights", Severity::Error,
                                     "None of the weights of \"{0}\" is the obvious one: {1}.",
                                     "Choose with --weights {0}=SET."};
inline constexpr Rule ExportSlices{"export.slices", Severity::Error,
                                   "The weights of \"{0}\" are slices of several ranks.",
                                   "Consolidate them first: shardlens-cli convert."};
inline constexpr Rule ExportShardMissing{"export.shard-missing", Severity::Error,
                                         "The weights of \"{0}\" are not whole: {1} is missing.",
                                         "Download or copy it, or leave it out with --exclude {0}."};
inline constexpr Rule ExportTensorMissing{
    "export.tensor-missing", Severity::Error,
    "\"{0}\" names {1} tensors that no shard beside it holds (first \"{2}\").",
    "The index and the shards are of different versions; download them again."};
inline constexpr Rule ExportMapCorrected{
    "export.map-corrected", Severity::Warning,
    "\"{0}\" names a wrong shard for {1} tensors (first \"{2}\"); the archive's says where they are.",
    "Nothing needs to be done; the folder's own index is wrong."};
inline constexpr Rule ExportUnmapped{
    "export.unmapped", Severity::Warning,
    "\"{0}\" does not name {1} tensors that its shards hold (first \"{2}\").",
    "They are exported with their files; loaders may pass over them."};
inline constexpr Rule ExportIndexMade{"export.index-made", Severity::Info,
                                      "The shards of \"{0}\" have no index: one is made from their headers.",
                                      "Nothing needs to be done; diffusers cannot load shards without it."};

// Exporting: entries.
inline constexpr Rule ExportNoIndex{"export.no-index", Severity::Error, "There is no entry model_index.json.",
                                    "DDUF needs it at the root; it names the components."};
inline constexpr Rule ExportBadIndex{"export.bad-index", Severity::Error,
                                     "model_index.json is no JSON object: {0}.",
                                     "Every reader refuses an archive with such an index; mend the file."};
inline constexpr Rule ExportBadName{
    "export.bad-name", Severity::Error, "\"{0}\" cannot be the name of an entry: {1}.",
    "Names end in .json, .safetensors, .model or .txt, one folder deep at most."};
inline constexpr Rule ExportRepeatedName{"export.repeated-name", Severity::Error,
                                         "Two files would be the entry \"{0}\": {1} and {2}.",
                                         "Choose other weights, or rename one of them."};
inline constexpr Rule ExportSameName{"export.names-differ-in-case", Severity::Warning,
                                     "Names differ in the case of letters alone: \"{0}\" and \"{1}\".",
                                     "Some disks cannot hold both when the archive is unpacked."};
inline constexpr Rule ExportUnknownFolder{"export.unknown-folder", Severity::Error,
                                          "model_index.json does not name the folder \"{0}\".",
                                          "Name it there, or leave its entries out; readers refuse it."};
inline constexpr Rule ExportNoConfig{"export.no-config", Severity::Error,
                                     "The folder \"{0}\" has no config that says what it is.",
                                     "It needs one of config.json, tokenizer_config.json, "
                                     "preprocessor_config.json and scheduler_config.json."};
inline constexpr Rule ExportNothingOf{"export.nothing-of-component", Severity::Warning,
                                      "model_index.json names \"{0}\", and no entry is of it.",
                                      "Whoever loads the archive must give the component."};
inline constexpr Rule ExportSeveralSets{"export.several-weights", Severity::Warning,
                                        "The folder \"{0}\" has several sets of weights: {1}.",
                                        "Loaders of transformers' components merge them all; keep one."};
inline constexpr Rule ExportBadJson{"export.bad-json", Severity::Error, "\"{0}\" is no JSON: {1}",
                                    "Download the file again; nothing can load it as it is."};
inline constexpr Rule ExportBadHeader{"export.bad-header", Severity::Error,
                                      "The header of \"{0}\" is unsound: {1}",
                                      "shardlens-cli check says more; download the file again."};

namespace unpack {
inline constexpr const Rule* all[] = {&UnpackNoSuchEntry, &UnpackBreaksRule};
} // namespace unpack

namespace exports {
inline constexpr const Rule* all[] = {
    &ExportNoSuchComponent, &ExportNoSuchWeights,    &ExportNoSuchVariant, &ExportFellBack,
    &ExportExcluded,        &ExportComponentMissing, &ExportNoWeights,     &ExportPickledOnly,
    &ExportNoChoice,        &ExportSlices,           &ExportShardMissing,  &ExportTensorMissing,
    &ExportMapCorrected,    &ExportUnmapped,         &ExportIndexMade,     &ExportNoIndex,
    &ExportBadIndex,        &ExportBadName,          &ExportRepeatedName,  &ExportSameName,
    &ExportUnknownFolder,   &ExportNoConfig,         &ExportNothingOf,     &ExportSeveralSets,
    &ExportBadJson,         &ExportBadHeader};
} // namespace exports

} // namespace shardlens::rules
