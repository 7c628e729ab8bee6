// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/hub/weight_sets.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"

#include <map>
#include <set>
#include <string>

namespace shardlens::hub {

/// Which files the indexes of a folder mention, for grouping alone: every quoted text of an index that ends
/// in
/// `.safetensors` counts. Each index is read once, when it is first asked about.
class NamedByIndex {
public:
    NamedByIndex(const FileTree& folder, const JobContext& context) : m_folder(folder), m_context(context) {}

    bool names(const std::string& index, const std::string& file);
    /// For findWeightSets; lives no longer than this.
    IndexNames function() {
        return [this](const std::string& index, const std::string& file) {
            return names(index, file);
        };
    }

private:
    const FileTree& m_folder;
    const JobContext& m_context;
    std::map<std::string, std::set<std::string>> m_mentioned;
};

} // namespace shardlens::hub
