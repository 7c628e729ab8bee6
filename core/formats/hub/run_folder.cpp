// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/run_folder.h"

#include "io/path_guard.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace shardlens::hub {

namespace {

std::optional<std::uint64_t> wholeNumber(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

struct Step {
    std::uint64_t epoch = 0, step = 0;
    std::string name;
};

std::optional<Step> parseStep(const std::string& name) {
    std::string_view rest = name;
    Step out{.epoch = 0, .step = 0, .name = name};
    if (rest.starts_with("epoch_")) {
        const auto at = rest.find("_step_");
        if (at == std::string_view::npos)
            return std::nullopt;
        const auto epoch = wholeNumber(rest.substr(6, at - 6));
        if (!epoch)
            return std::nullopt;
        out.epoch = *epoch;
        rest.remove_prefix(at + 1);
    }
    if (!rest.starts_with("step_") && !rest.starts_with("step-"))
        return std::nullopt;
    const auto step = wholeNumber(rest.substr(5));
    if (!step)
        return std::nullopt;
    out.step = *step;
    return out;
}

const TreeName* findName(const Candidate& candidate, std::string_view name) {
    const auto at = std::ranges::lower_bound(candidate.names, name, {}, &TreeName::name);
    return at != candidate.names.end() && at->name == name ? &*at : nullptr;
}

/// The folder that `mark` leads to: itself where it is a link to one, else the name that the file holds.
std::optional<StepFolder> followMark(const Candidate& candidate, const std::string& mark) {
    if (const auto* link = findName(candidate, mark); link && link->kind == NameKind::Folder)
        return StepFolder{mark, mark};
    for (const auto& file : {mark, mark + ".txt"}) {
        const auto* found = findName(candidate, file);
        if (!found || found->kind != NameKind::File || found->bytes == 0 || found->bytes > 256)
            continue;
        const auto source = candidate.folder->open(file);
        if (!source)
            continue;
        const auto bytes = readAll(**source, 256);
        if (!bytes)
            continue;
        std::string name(reinterpret_cast<const char*>(bytes->data()), bytes->size());
        while (!name.empty() && std::isspace(static_cast<unsigned char>(name.back())))
            name.pop_back();
        const auto* folder = checkPlainName(name) ? findName(candidate, name) : nullptr;
        if (folder && folder->kind == NameKind::Folder)
            return StepFolder{name, mark};
    }
    return std::nullopt;
}

} // namespace

std::vector<StepFolder> findSteps(const Candidate& candidate) {
    constexpr std::size_t most = 1000;
    std::vector<Step> steps;
    for (const auto& name : candidate.names)
        if (name.kind == NameKind::Folder)
            if (auto step = parseStep(name.name))
                steps.push_back(std::move(*step));
    std::ranges::sort(steps, [](const Step& a, const Step& b) {
        return std::tie(a.epoch, a.step, a.name) > std::tie(b.epoch, b.step, b.name);
    });
    std::vector<StepFolder> out;
    if (auto latest = followMark(candidate, "LATEST"))
        out.push_back(std::move(*latest));
    for (auto& step : steps)
        if (out.size() < most)
            out.push_back({step.name, step.name});
    if (auto best = followMark(candidate, "LOWEST_VAL"))
        out.push_back(std::move(*best));
    return out;
}

} // namespace shardlens::hub
