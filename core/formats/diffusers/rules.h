// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::diffusers {

// The index.
inline constexpr Rule IndexMissing{"diffusers.index-missing", Severity::Error,
                                   "There is no model_index.json in \"{0}\".",
                                   "Download or copy the file; it names the pipeline's components."};
inline constexpr Rule IndexNotObject{"diffusers.index-not-object", Severity::Error,
                                     "model_index.json is JSON, but no object.",
                                     "Download the file again; it names the pipeline's components."};
inline constexpr Rule ComponentName{"diffusers.component-name", Severity::Error,
                                    "The index names a component \"{0}\", which is refused: {1}.",
                                    "A component is a folder beside the index. Do not trust this pipeline."};
inline constexpr Rule ComponentValue{
    "diffusers.component-value", Severity::Warning,
    "The index says of \"{0}\" neither a library and a class nor two nulls.",
    "It is treated as an option; if it is a component, correct model_index.json."};

// The folder.
inline constexpr Rule ComponentMissing{
    "diffusers.component-missing", Severity::Error,
    "The index names the component \"{0}\" ({1}), and there is no folder of this name.",
    "Download or copy the folder; the pipeline does not load without it."};
inline constexpr Rule ComponentUnread{"diffusers.component-unread", Severity::Error,
                                      "The folder of the component \"{0}\" cannot be listed: {1}.",
                                      "Check its permissions, then open the pipeline again."};
inline constexpr Rule NoConfig{
    "diffusers.no-config", Severity::Warning,
    "The folder \"{0}\" has no config that says what the component is.",
    "Copy its config.json (of a tokenizer tokenizer_config.json) from the original."};
inline constexpr Rule NoWeights{"diffusers.no-weights", Severity::Warning,
                                "The component \"{0}\" has a config.json and no weights.",
                                "Download its weights; the pipeline does not load without them."};
inline constexpr Rule PickledOnly{
    "diffusers.pickled-only", Severity::Warning,
    "The component \"{0}\" has weights as pickles only (\"{1}\"); they are not shown with the others.",
    "Open the component's folder to see them, or convert them to safetensors first."};
inline constexpr Rule TrainingOnly{
    "diffusers.training-only", Severity::Warning,
    "The component \"{0}\" has no weights that are meant for use, only \"{1}\".",
    "They are shown; --variant names others where there are any."};
inline constexpr Rule NoPlainSet{
    "diffusers.no-plain-weights", Severity::Warning,
    "The component \"{0}\" has no plain weights and several variants; \"{1}\" is shown.",
    "Choose another one with --variant."};
inline constexpr Rule FolderNotIndexed{
    "diffusers.folder-not-indexed", Severity::Warning,
    "model_index.json does not name {0} of the folders here: {1}.",
    "They are left out. Name them in the index if the pipeline needs them."};
inline constexpr Rule LinkLeaves{
    "diffusers.link-leaves-folder", Severity::Info,
    "{0} files are links to places outside of the folder (the first is \"{1}\").",
    "They are read where they lie, as in the cache of huggingface_hub."};
inline constexpr Rule NotReadable{"diffusers.not-a-file", Severity::Error,
                                  "\"{0}\" is {1} and cannot be read.",
                                  "Put the file itself in its place, or remove it."};

inline constexpr const Rule* all[] = {
    &IndexMissing,    &IndexNotObject,   &ComponentName, &ComponentValue, &ComponentMissing,
    &ComponentUnread, &NoConfig,         &NoWeights,     &PickledOnly,    &TrainingOnly,
    &NoPlainSet,      &FolderNotIndexed, &LinkLeaves,    &NotReadable,
};

} // namespace shardlens::rules::diffusers
