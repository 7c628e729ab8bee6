// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/dropped.h"

#include "jobs/parallel_for.h"

#include <mutex>
#include <set>

namespace shardlens::ui {

Dropped recogniseDropped(std::vector<std::string> paths, const JobContext& context) {
    Dropped dropped;
    dropped.paths = std::move(paths);
    if (dropped.paths.empty())
        return dropped;
    if (auto first = survey(dropped.paths.front(), {}, context))
        dropped.survey = std::move(*first);
    else
        dropped.error = first.error();

    const auto whereOf = [](const Survey& one) {
        const SurveyPart* part = one.chosenPart();
        return part ? part->location : one.path;
    };
    std::set<std::string> locations;
    locations.insert(dropped.survey ? whereOf(*dropped.survey) : dropped.paths.front());
    std::mutex mutex;
    // Shards of one checkpoint lead to the same part; a failure stands for a thing of its own.
    const auto looked =
        parallelFor(context, dropped.paths.size() - 1, [&](std::size_t index) -> Result<void> {
            const std::string& path = dropped.paths[index + 1];
            SHARDLENS_CHECK(context.checkStop());
            const auto other = survey(path, {}, context);
            const std::lock_guard lock(mutex);
            locations.insert(other ? whereOf(*other) : path);
            return {};
        });
    if (!looked && !dropped.error)
        dropped.error = looked.error();
    dropped.checkpoints = locations.size();
    return dropped;
}

} // namespace shardlens::ui
