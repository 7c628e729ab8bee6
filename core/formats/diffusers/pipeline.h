// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/hub/weight_sets.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"
#include "model/finding.h"
#include "model/value.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::diffusers {

inline constexpr std::string_view IndexName = "model_index.json";

/// A file of a pipeline's folder, and how it is reached.
struct PipelineFile {
    std::string name; ///< within its component's folder; at the root the path
    std::uint64_t bytes = 0;
    bool isLink = false;
    bool leavesFolder = false; ///< a link out of the pipeline's folder (the Hugging Face cache's are)
};

/// Files of a component that make one set of weights.
struct ComponentWeights {
    hub::WeightSet set;      ///< names are within the component's folder
    bool pickled = false;    ///< torch.save files; safetensors otherwise
    std::uint64_t bytes = 0; ///< of the files, without the index

    /// How a user asks for it: `plain`, `fp16`, `non_ema`; pickles are `bin`, `bin.fp16`; a second set of one
    /// variant is named by its stem.
    std::string name;

    /// Weights that training keeps beside those that are meant to be used (`non_ema`, `ema`, `no_ema`).
    bool forTraining() const;
};

/// Something that lies in the folder and is no part of the pipeline, with the reason as a phrase.
struct LeftOut {
    std::string path; ///< within the pipeline's folder
    std::uint64_t bytes = 0;
    std::string reason;
};

/// One key of model_index.json whose value is a pair.
struct Component {
    std::string name;
    std::string library;   ///< `diffusers`, `transformers`, a pipeline's own module; empty where absent
    std::string className; ///< `UNet2DConditionModel`; empty where absent
    bool absent = false;   ///< `[null, null]`: the pipeline works without it
    bool folder = false;   ///< a folder of this name lies there

    std::vector<PipelineFile> sideFiles;   ///< configs, tokenizer files, templates; sorted by name
    std::vector<PipelineFile> weightFiles; ///< every file of `weights`, indexes too; sorted by name
    std::vector<ComponentWeights> weights; ///< the obvious one first, safetensors before pickles

    bool hasConfig() const; ///< one of the four files that a component's folder must have
    const PipelineFile* findFile(std::string_view name) const;
};

/// What a folder that holds a diffusers pipeline consists of: a description from names, indexes and
/// model_index.json alone. Nothing of a weight file is read.
struct Pipeline {
    std::string className;               ///< `StableDiffusionPipeline`; empty where the index does not say
    std::string version;                 ///< of diffusers, as the index has it
    Value index;                         ///< model_index.json; Null where it cannot be read
    std::vector<std::string> options;    ///< keys of the index that are neither components nor private
    std::vector<Component> components;   ///< in the index's order, absent ones too
    std::vector<PipelineFile> rootFiles; ///< texts and JSON beside the index
    std::vector<LeftOut> leftOut;        ///< sorted by path
    Findings findings;                   ///< about the folder's structure, before anything is read

    const Component* find(std::string_view component) const;
    /// The variants that any component has in safetensors, sorted; without the plain one.
    std::vector<std::string> variants() const;
};

/// Describes the pipeline in a folder or archive. Fails where model_index.json is missing, is no JSON object
/// or cannot be read, and where the job must end.
Result<Pipeline> readPipeline(const FileTree& tree, const JobContext& context);

/// The set that is meant when `variant` is asked for ("" is the plain one): that variant, else the plain one,
/// else the only one that is not for training; of safetensors alone. Nothing where none fits. An index into
/// `component.weights`.
std::optional<std::size_t> chooseWeights(const Component& component, std::string_view variant);

/// One of the files without which a component's folder says nothing: `config.json`, `tokenizer_config.json`,
/// `preprocessor_config.json`, `scheduler_config.json`.
bool isComponentConfig(std::string_view file);

} // namespace shardlens::diffusers
