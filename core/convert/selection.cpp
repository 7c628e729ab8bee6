// SPDX-License-Identifier: Apache-2.0
#include "convert/selection.h"

#include "base/escape.h"
#include "convert/note.h"
#include "convert/optimizer_names.h"
#include "convert/renamer.h"
#include "convert/rules.h"
#include "convert/tied.h"
#include "jobs/parallel_for.h"
#include "query/filter.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace shardlens::convert {

namespace {

using Bits = std::vector<std::uint64_t>;

bool has(const Bits& bits, TensorId id) {
    return (bits[id.index() / 64] >> id.index() % 64 & 1) != 0;
}

/// Filters and exact names of one kind (--include or --exclude), resolved to tensors.
struct Picked {
    std::vector<std::pair<std::string, Bits>> filters;
    std::unordered_set<std::uint32_t> named;

    bool empty() const { return filters.empty() && named.empty(); }
    /// The filter's text or "its name", nothing where it is not picked.
    std::optional<std::string> reason(TensorId id) const {
        if (named.contains(id.value()))
            return "by its name";
        for (const auto& [text, bits] : filters)
            if (has(bits, id))
                return "by the filter \"" + text + "\"";
        return std::nullopt;
    }
};

Result<Picked> pick(const CheckpointPtr& source, const std::vector<std::string>& filters,
                    const std::vector<std::string>& names, const char* option, const JobContext& context,
                    Findings& notes) {
    Picked picked;
    for (const auto& text : filters) {
        SHARDLENS_TRY(const auto filter, Filter::parse(text));
        SHARDLENS_TRY(auto bits, filter.apply(*source, context));
        picked.filters.emplace_back(text, std::move(bits));
    }
    for (const auto& name : names) {
        if (const auto id = source->findTensor(name))
            picked.named.insert(id->value());
        else
            addNote(notes, rules::ConvertNoSuchName, {std::string(option), name});
    }
    return picked;
}

/// The finding's file is gone, or nothing of it could be described: it may hold tensors that nobody names.
bool hidesTensors(const Checkpoint& source, const Finding& finding) {
    constexpr std::array<std::string_view, 5> lost{"hub.file-missing", "hub.number-missing",
                                                   "hub.tensor-absent", "hub.weight-map-path",
                                                   "hub.weight-map-value"};
    if (std::ranges::find(lost, finding.what.rule->id) != lost.end())
        return true;
    if (finding.subject.kind != Subject::Kind::File || finding.subject.id >= source.fileCount())
        return false;
    const FileId file(finding.subject.id);
    for (std::uint32_t i = 0; i != source.sliceCount(); ++i)
        if (source.slice(SliceId(i)).file == file)
            return false;
    return source.file(file).missing || source.regions(file).empty();
}

/// What may be lost stops the plan, unless the user said which tensors are meant.
void addSourceFinding(Findings& notes, const Finding& finding, bool blocks) {
    addNote(notes, blocks ? rules::ConvertSourceIncomplete : rules::ConvertSourceFinding,
            {message(finding.what)});
    notes.back().what.where = finding.what.where;
    notes.back().subject = finding.subject;
}

/// One note a finding that makes chosen tensors unreadable, with just those tensors.
void noteUnreadable(const Checkpoint& source, bool all, Choice& choice) {
    std::map<std::uint32_t, std::vector<TensorId>> byFinding;
    for (const auto& chosen : choice.tensors) {
        const auto tensor = source.tensor(chosen.tensor);
        if (tensor.readable())
            continue;
        byFinding[tensor.problem() ? tensor.problem()->value() : FindingId::Nothing].push_back(chosen.tensor);
    }
    for (auto& [finding, tensors] : byFinding) {
        if (finding == FindingId::Nothing)
            continue;
        auto note = source.findings()[finding];
        if (note.what.where.item.empty())
            note.what.where.item = source.tensor(tensors.front()).name();
        note.tensors = std::move(tensors);
        choice.notes.push_back(std::move(note));
    }
    for (const auto& finding : source.findings()) // damage that may hide tensors nobody names
        if (finding.severity() == Severity::Error && finding.tensors.empty())
            addSourceFinding(choice.notes, finding, all && hidesTensors(source, finding));
}

void noteFormat(const Checkpoint& source, Choice& choice) {
    std::map<std::string, std::vector<TensorId>> byDType;
    std::vector<TensorId> notUtf8, reserved;
    for (const auto& chosen : choice.tensors) {
        const auto tensor = source.tensor(chosen.tensor);
        if (!info(tensor.dtype()).inSafetensors)
            byDType[std::string(tensor.dtypeName())].push_back(chosen.tensor);
        if (!isValidUtf8(chosen.name))
            notUtf8.push_back(chosen.tensor);
        if (chosen.name == "__metadata__")
            reserved.push_back(chosen.tensor);
    }
    const auto first = [&source](const std::vector<TensorId>& ids) {
        return std::string(source.tensor(ids.front()).name());
    };
    for (auto& [dtype, ids] : byDType)
        addNote(choice.notes, rules::ConvertNotInFormat, {dtype, std::uint64_t{ids.size()}, first(ids)}, ids);
    const auto badName = [&](const std::vector<TensorId>& ids, const char* why) {
        if (!ids.empty())
            addNote(choice.notes, rules::ConvertBadName,
                    {std::uint64_t{ids.size()}, first(ids), std::string(why)}, ids);
    };
    badName(notUtf8, "they are not UTF-8");
    badName(reserved, "__metadata__ is the format's own");
}

Result<void> renameAll(const Checkpoint& source, const Options& options, const JobContext& context,
                       Choice& choice) {
    SHARDLENS_TRY(const auto renamer, Renamer::create(options.stripPrefixes, options.renames, "--rename"));
    if (renamer.changesNothing())
        return {};
    constexpr std::size_t Together = 256;
    auto& tensors = choice.tensors;
    SHARDLENS_CHECK(parallelFor(
        context, (tensors.size() + Together - 1) / Together, [&](std::size_t part) -> Result<void> {
            for (auto i = part * Together; i < std::min(tensors.size(), (part + 1) * Together); ++i) {
                SHARDLENS_TRY(tensors[i].name, renamer.rename(tensors[i].name));
            }
            return {};
        }));
    for (auto& alias : choice.aliases) {
        SHARDLENS_TRY(alias.dropped, renamer.rename(alias.dropped));
        SHARDLENS_TRY(alias.kept, renamer.rename(alias.kept));
    }
    for (const auto& chosen : tensors)
        if (const auto before = source.tensor(chosen.tensor).name(); before != chosen.name)
            choice.renamed.emplace_back(before, chosen.name);
    return {};
}

void noteCollisions(const Checkpoint& source, Choice& choice) {
    std::unordered_map<std::string_view, TensorId> taken;
    taken.reserve(choice.tensors.size());
    for (const auto& chosen : choice.tensors) {
        const auto [at, isNew] = taken.emplace(chosen.name, chosen.tensor);
        if (!isNew)
            addNote(choice.notes, rules::ConvertNameTaken,
                    {std::string(source.tensor(at->second).name()),
                     std::string(source.tensor(chosen.tensor).name()), chosen.name},
                    {chosen.tensor});
    }
    // An alias that is also a tensor's name would be a lie.
    std::erase_if(choice.aliases, [&taken](const Alias& alias) {
        return taken.contains(alias.dropped) || !taken.contains(alias.kept);
    });
}

} // namespace

std::string firstNames(const std::vector<std::string>& names, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i != std::min(names.size(), most); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    return names.size() > most ? text + ", …" : text;
}

Result<Choice> chooseTensors(const CheckpointPtr& source, const Options& options, const JobContext& context) {
    Choice choice;
    SHARDLENS_TRY(const auto included, pick(source, options.include, options.includeNames, "--include-name",
                                            context, choice.notes));
    SHARDLENS_TRY(const auto excluded, pick(source, options.exclude, options.excludeNames, "--exclude-name",
                                            context, choice.notes));
    const bool all = options.include.empty() && options.includeNames.empty();
    for (std::uint32_t i = 0; i != source->tensorCount(); ++i) {
        const auto tensor = source->tensor(TensorId(i));
        const auto skip = [&](std::string reason) {
            choice.skipped.push_back({std::string(tensor.name()), std::move(reason), tensor.bytes()});
        };
        if (i % 4096 == 0)
            SHARDLENS_CHECK(context.checkStop());
        if (!all && !included.reason(tensor.id()))
            skip("not included");
        else if (const auto why = excluded.reason(tensor.id()))
            skip("excluded " + *why);
        else if (options.dropOptimizer && isOptimizerName(tensor.name()))
            skip("optimizer state");
        else
            choice.tensors.push_back(
                {tensor.id(), std::string(tensor.name()), tensor.dtype(), tensor.bytes()});
    }
    SHARDLENS_CHECK(resolveTied(source, options, context, choice));
    noteUnreadable(*source, all, choice);
    SHARDLENS_CHECK(renameAll(*source, options, context, choice));
    noteFormat(*source, choice);
    noteCollisions(*source, choice);
    if (choice.tensors.empty())
        addNote(choice.notes, rules::ConvertNothingLeft);
    return choice;
}

} // namespace shardlens::convert
