// SPDX-License-Identifier: Apache-2.0
#include "convert/partition.h"

#include "convert/rules.h"

#include <queue>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace shardlens::convert {

namespace {

/// More processes than the largest machines have cores: a mistake in writing.
constexpr std::uint32_t MostParts = 1'000'000;

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

Failure bad(const std::string& text, std::string why) {
    return fail(rules::ConvertBadOption, {"--partition " + text, std::move(why)});
}

struct Launcher {
    const char* rank;
    const char* size;
    const char* only = nullptr; ///< counts only where this is set too
};

/// A launcher that was started by another is asked first: mpirun in a Slurm job leaves Slurm's variables
/// set, and they number its daemons there, not its processes.
constexpr std::array<Launcher, 5> launchers{{{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                             {"RANK", "WORLD_SIZE", "TORCHELASTIC_RUN_ID"},
                                             {"PMI_RANK", "PMI_SIZE"},
                                             {"SLURM_PROCID", "SLURM_NTASKS"},
                                             {"RANK", "WORLD_SIZE"}}};

/// A job's own script has the variables of one process of many, and is none of them: srun starts those.
bool isJobScript(const Launcher& launcher, const Environment& environment) {
    return std::string_view(launcher.rank) == "SLURM_PROCID" && environment("SLURM_JOB_ID") &&
           !environment("SLURM_STEP_ID");
}

Result<std::optional<Partition>> fromLauncher(const Environment& environment) {
    for (const auto& launcher : launchers) {
        const auto rank = environment(launcher.rank), size = environment(launcher.size);
        if (!rank || !size || (launcher.only != nullptr && !environment(launcher.only)) ||
            isJobScript(launcher, environment))
            continue;
        const auto index = number(*rank), count = number(*size);
        if (!index || !count || *index >= *count || *count > MostParts)
            return bad("auto", std::string(launcher.rank) + "=" + *rank + " and " + launcher.size + "=" +
                                   *size + " are no rank and number of processes");
        return Partition{*index + 1, *count};
    }
    return bad("auto",
               "no launcher has set a rank (SLURM_PROCID, OMPI_COMM_WORLD_RANK, PMI_RANK or RANK, each with "
               "its number of processes); start it with srun or mpirun, or write I/N");
}

} // namespace

Environment processEnvironment() {
    return [](const char* name) -> std::optional<std::string> {
        const auto* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

Result<std::optional<Partition>> parsePartition(const std::string& text, const Environment& environment) {
    if (text.empty())
        return std::nullopt;
    if (text == "auto")
        return fromLauncher(environment);
    const auto slash = text.find('/');
    const auto part = number(std::string_view(text).substr(0, slash));
    const auto parts = slash == text.npos ? std::nullopt : number(std::string_view(text).substr(slash + 1));
    if (!part || !parts || *part == 0 || *part > *parts || *parts > MostParts)
        return bad(text, "it is auto, or I/N with I from 1 to N");
    return Partition{*part, *parts};
}

void shareOut(Plan& plan) {
    std::vector<PlannedFile*> files;
    for (auto& file : plan.files)
        if (file.role != PlannedFile::Role::Values)
            files.push_back(&file);
    std::ranges::stable_sort(files, std::ranges::greater(), &PlannedFile::bytes);
    using Load = std::pair<std::uint64_t, std::uint32_t>; // bytes so far, part
    std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
    for (std::uint32_t part = 1; part <= std::min<std::size_t>(plan.parts, files.size()); ++part)
        loads.emplace(0, part);
    for (auto* file : files) {
        auto [bytes, part] = loads.top();
        loads.pop();
        file->part = part;
        loads.emplace(bytes + file->bytes, part);
    }
}

std::vector<const PlannedFile*> ownFiles(const Plan& plan) {
    std::vector<const PlannedFile*> files;
    for (const auto& file : plan.files)
        if (plan.part != 0 && file.part == plan.part)
            files.push_back(&file);
    return files;
}

} // namespace shardlens::convert
