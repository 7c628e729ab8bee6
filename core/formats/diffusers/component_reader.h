// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/diffusers/pipeline.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"

#include <span>
#include <string>
#include <vector>

namespace shardlens::diffusers {

PipelineFile asFile(const TreeName& name);

/// Notes a name that is neither a file nor a folder: a link that leads nowhere, a loop, a fifo, a device.
void reportUnreadable(Pipeline& pipeline, const std::string& path, const TreeName& name);

/// Fills one component from the folder of its name; what belongs to nothing and what is wrong goes to the
/// pipeline. The component may be an element of the pipeline's own.
class ComponentReader {
public:
    ComponentReader(const FileTree& tree, Component& component, Pipeline& pipeline, const JobContext& context)
        : m_tree(tree)
        , m_component(component)
        , m_pipeline(pipeline)
        , m_context(context) {}

    /// Fails only where the job must end.
    Result<void> read();

private:
    void note(const Rule& rule, Args args, std::string file = {});
    Result<bool> list();
    void sortFiles();
    Result<void> findWeights();
    void addSafetensors(const FileTree& folder);
    void addPickles(const FileTree& folder);
    void add(hub::WeightSet set, bool pickled);
    void nameSets();
    void judge();

    const FileTree& m_tree;
    Component& m_component;
    Pipeline& m_pipeline;
    const JobContext& m_context;
    std::vector<TreeName> m_names;    // of the folder
    std::vector<TreeName> m_possible; // of these, what may be weights
};

} // namespace shardlens::diffusers
