// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::dduf {

// Entries.
inline constexpr Rule EntryName{"dduf.entry-name", Severity::Error, "The entry's name is refused: {0}.",
                                "The name leads out of the archive or cannot be a file's. Do not trust it."};
inline constexpr Rule EntryType{
    "dduf.entry-type", Severity::Error, "The entry has an ending that DDUF does not allow.",
    "Only .json, .safetensors, .model and .txt may be in an archive; export it again."};
inline constexpr Rule EntryTooDeep{"dduf.entry-too-deep", Severity::Error,
                                   "The entry lies more than one folder deep.",
                                   "DDUF knows components and files in them, no deeper; export it again."};
inline constexpr Rule FolderEntry{"dduf.folder-entry", Severity::Error, "The entry is a folder.",
                                  "DDUF holds files alone; export the archive again."};
inline constexpr Rule Symlink{"dduf.symlink", Severity::Error, "The entry says that it is a symbolic link.",
                              "Unpacked it could lead anywhere. Do not trust the archive."};
inline constexpr Rule Compressed{"dduf.compressed", Severity::Error, "The entry is compressed (method {0}).",
                                 "DDUF stores entries as they are, so that they can be read in place; export "
                                 "the archive again."};
inline constexpr Rule NameCase{"dduf.names-differ-in-case", Severity::Warning,
                               "The entry's name differs from \"{0}\" in case alone.",
                               "On Windows and macOS one would replace the other when unpacked."};
inline constexpr Rule NameNotUtf8{"dduf.name-not-utf8", Severity::Error,
                                  "The entry's name is flagged as UTF-8 and is none.",
                                  "Readers refuse or garble it; export the archive again."};
inline constexpr Rule NameNotFlagged{"dduf.name-not-flagged", Severity::Warning,
                                     "The entry's name is not ASCII, and its UTF-8 flag is not set.",
                                     "Readers show another name (code page 437); export the archive again."};
inline constexpr Rule Plain32{"dduf.no-zip64", Severity::Warning, "{0} of {1} entries have no ZIP64 field.",
                              "Readers accept it; DDUF asks for ZIP64, so that entries above 4 GiB fit."};

// The structure.
inline constexpr Rule IndexMissing{
    "dduf.index-missing", Severity::Error, "The archive has no model_index.json.",
    "Without it nothing says what the folders are; export the pipeline again."};
inline constexpr Rule IndexNotObject{"dduf.index-not-object", Severity::Error,
                                     "model_index.json is JSON, but no object.",
                                     "Export the pipeline again from its folder."};
inline constexpr Rule FolderUnknown{"dduf.folder-unknown", Severity::Error,
                                    "model_index.json does not name the folder \"{0}\".",
                                    "Readers refuse the archive; export the pipeline again without it."};
inline constexpr Rule FolderWithoutConfig{
    "dduf.folder-without-config", Severity::Error,
    "The folder \"{0}\" has none of the files that say what it is.",
    "config.json, tokenizer_config.json, preprocessor_config.json or scheduler_config.json must be in it."};
inline constexpr Rule FolderUnused{
    "dduf.folder-unused", Severity::Warning,
    "model_index.json names \"{0}\", and not as a component: its folder is not used.",
    "Its files are shown, its tensors are not."};
inline constexpr Rule ComponentMissing{
    "dduf.component-missing", Severity::Warning, "The archive has no folder for the component \"{0}\" ({1}).",
    "Whoever loads the pipeline must bring it along; write [null, null] where that is meant."};
inline constexpr Rule SeveralSets{
    "dduf.several-weight-sets", Severity::Warning, "The component \"{0}\" holds {1} sets of weights: {2}.",
    "transformers reads all of them as one; the first is shown here, --variant shows another."};
inline constexpr Rule RootWeights{"dduf.weights-at-root", Severity::Warning,
                                  "Weights lie beside model_index.json, in no component.",
                                  "Nothing loads them, they only make the archive larger."};

// Of a rule that is broken very often, the rest.
inline constexpr Rule MoreErrors{"dduf.more-errors", Severity::Error,
                                 "{0} further entries break the rule {1}.",
                                 "The first ones are listed; an archive like this was not made by accident."};
inline constexpr Rule MoreNotes{"dduf.more-notes", Severity::Warning, "{0} further entries: {1}.",
                                "The first ones are listed."};

inline constexpr const Rule* all[] = {
    &EntryName,        &EntryType,      &EntryTooDeep,  &FolderEntry,         &Symlink,
    &Compressed,       &NameCase,       &NameNotUtf8,   &NameNotFlagged,      &Plain32,
    &IndexMissing,     &IndexNotObject, &FolderUnknown, &FolderWithoutConfig, &FolderUnused,
    &ComponentMissing, &SeveralSets,    &RootWeights,   &MoreErrors,          &MoreNotes,
};

} // namespace shardlens::rules::dduf
