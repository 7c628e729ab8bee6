// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"
#include "convert/casting.h"
#include "convert/convert.h"
#include "convert/mapping.h"
#include "convert/name_pattern.h"
#include "convert/note.h"
#include "convert/partition.h"
#include "convert/rules.h"
#include "convert/selection.h"
#include "convert/shard_layout.h"
#include "convert/side_files.h"
#include "convert/suggestions.h"
#include "convert/target.h"
#include "convert/values_file.h"
#include "convert/weights_file.h"
#include "io/path_guard.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace shardlens::convert {

namespace {

/// What every weights file of the source says alike about itself, without what speaks of its old form.
Metadata keptMetadata(const Checkpoint& source) {
    static const std::set<std::string, std::less<>> Dropped{"format", "DCP_SHARDING_INFO", "DCP_VERSION",
                                                            "transformers_dcp_chunk_version"};
    Metadata common;
    bool first = true;
    for (std::uint32_t i = 0; i != source.fileCount(); ++i) {
        const auto& file = source.file(FileId(i));
        if (!file.path.ends_with(".safetensors"))
            continue;
        if (first)
            common = file.metadata;
        else
            std::erase_if(common, [&file](const auto& entry) {
                return std::ranges::find(file.metadata, entry) == file.metadata.end();
            });
        first = false;
    }
    std::set<std::string, std::less<>> aliases;
    for (const auto& alias : source.aliases())
        aliases.insert(alias.dropped);
    std::erase_if(common, [&](const auto& entry) {
        return Dropped.contains(entry.first) || aliases.contains(entry.first);
    });
    return common;
}

/// `format: pt` first, then the source's own, then the user's; a later value replaces an earlier one.
Metadata fileMetadata(const Checkpoint& source, const Options& options, const Choice& choice,
                      bool recordAliases) {
    Metadata metadata{{"format", "pt"}};
    const auto set = [&metadata](const std::string& key, const std::string& value) {
        const auto at = std::ranges::find(metadata, key, &std::pair<std::string, std::string>::first);
        if (at == metadata.end())
            metadata.emplace_back(key, value);
        else
            at->second = value;
    };
    for (const auto& [key, value] : keptMetadata(source))
        set(key, value);
    for (const auto& [key, value] : options.metadata)
        if (key != "format")
            set(key, value);
    if (recordAliases)
        for (const auto& alias : choice.aliases)
            set(alias.dropped, alias.kept);
    return metadata;
}

Result<void> checkOptions(const Options& options, const std::string& pattern) {
    if (options.output.empty())
        return fail(rules::ConvertBadOption, {std::string("--output"), std::string("no target is given")});
    if (!checkPlainName(plainName(pattern)) || !plainName(pattern).ends_with(".safetensors"))
        return fail(rules::ConvertBadOption, {"--name-pattern \"" + pattern + "\"",
                                              std::string("it is no file name that ends with .safetensors")});
    if (!options.partition.empty() && options.finish)
        return fail(
            rules::ConvertBadOption,
            {std::string("--finish"), std::string("it publishes what parts have written; it is none")});
    if ((!options.partition.empty() || options.finish) && isFileTarget(options.output))
        return fail(rules::ConvertBadOption, {std::string(options.finish ? "--finish" : "--partition"),
                                              std::string("one file is written by one run; give a folder")});
    if (options.maxShardSize == 0)
        return fail(rules::ConvertBadOption,
                    {std::string("--max-shard-size"), std::string("a file cannot be that small")});
    return {};
}

/// Weights, and the index last.
Result<void> addWeights(const CheckpointPtr& source, const std::optional<Mapping>& mapping,
                        const Options& options, const std::string& pattern, Choice& choice,
                        const JobContext& context, Plan& plan) {
    const auto onlyFile = plan.singleFile ? targetFileName(plan.target) : std::string();
    SHARDLENS_TRY(const auto layout, layOut(*source, mapping, options, pattern, onlyFile, choice));
    const auto broken = std::ranges::any_of(
        choice.notes, [](const Finding& note) { return note.severity() == Severity::Error; });
    if (broken) { // sizes and headers would be guesses; the files are named, with what is known
        for (const auto& shard : layout.shards) {
            PlannedFile file;
            file.path = shard.name;
            for (const auto i : shard.tensors) {
                file.tensors.push_back(choice.tensors[i].name);
                file.bytes += choice.tensors[i].bytes;
            }
            plan.files.push_back(std::move(file));
        }
        return {};
    }
    const auto metadata = fileMetadata(*source, options, choice, !layout.index);
    for (const auto& shard : layout.shards) {
        SHARDLENS_CHECK(context.checkStop());
        SHARDLENS_TRY(auto file, planWeights(*source, choice, shard, metadata));
        plan.files.push_back(std::move(file));
    }
    plan.namePattern = layout.pattern;
    if (layout.index) {
        PlannedFile index;
        index.path = indexName(layout.pattern);
        index.role = PlannedFile::Role::Index;
        auto text = indexText(choice, layout, true);
        index.bytes = text.size();
        index.pieces.push_back({0, index.bytes, Literal{std::move(text)}});
        plan.files.push_back(std::move(index));
    }
    return {};
}

/// A reference is read from, and never written to.
void addInputs(const CheckpointPtr& reference, Plan& plan) {
    for (std::uint32_t i = 0; reference && i != reference->fileCount(); ++i)
        if (const auto& file = reference->file(FileId(i)); file.source)
            plan.inputs.push_back(file.source);
}

Result<void> noteSuggestion(const Checkpoint& source, const Options& options, const JobContext& context,
                            Findings& notes) {
    SHARDLENS_TRY(const auto suggestions, suggest(source, options, context));
    if (!suggestions.empty())
        addNote(notes, rules::ConvertObviousChoice,
                {suggestions.front().tensors, formatBytes(suggestions.front().bytes),
                 suggestions.front().asArguments()});
    return {};
}

} // namespace

bool Plan::blocked() const {
    return std::ranges::any_of(notes, [](const Finding& note) { return note.severity() == Severity::Error; });
}

std::uint64_t bytesReadFor(const Plan& plan, const PlannedFile& file) {
    std::uint64_t bytes = 0;
    for (const auto& piece : file.pieces)
        if (const auto* tensor = std::get_if<TensorRange>(&piece.what))
            bytes += plan.sources[tensor->source]->tensor(tensor->tensor).bytes();
        else if (std::holds_alternative<FileRange>(piece.what))
            bytes += piece.length;
    return bytes;
}

Result<Plan> planConversion(CheckpointPtr source, const Options& options, const JobContext& context) {
    const auto pattern = namePattern(*source, options);
    SHARDLENS_CHECK(checkOptions(options, pattern));
    SHARDLENS_TRY(const auto partition, parsePartition(options.partition, processEnvironment()));
    Plan plan;
    plan.sources.push_back(source);
    plan.target = options.output;
    plan.singleFile = isFileTarget(options.output);
    SHARDLENS_TRY(auto choice, chooseTensors(source, options, context));
    SHARDLENS_CHECK(applyCast(source, options, context, choice));
    SHARDLENS_TRY(const auto mapping, chooseMapping(source, options, context));
    SHARDLENS_CHECK(addWeights(source, mapping, options, pattern, choice, context, plan));
    const auto reference = mapping ? mapping->beside : nullptr;
    addInputs(reference, plan);
    SHARDLENS_TRY(auto side,
                  planSideFiles(source, reference, options, plan.files, !plan.singleFile, choice, context));
    plan.files.insert(plan.files.begin(), std::make_move_iterator(side.begin()),
                      std::make_move_iterator(side.end()));
    SHARDLENS_TRY(auto values, planValues(source, options, choice, context));
    if (values)
        plan.files.insert(plan.files.begin(), std::move(*values));
    plan.skipped = std::move(choice.skipped);
    plan.renamed = std::move(choice.renamed);
    plan.cast = std::move(choice.cast);
    plan.notes = std::move(choice.notes);
    SHARDLENS_CHECK(noteSuggestion(*source, options, context, plan.notes));
    for (const auto& file : plan.files) {
        plan.bytesWritten += file.bytes;
        plan.bytesRead += bytesReadFor(plan, file);
    }
    if (partition) {
        plan.part = partition->part;
        plan.parts = partition->parts;
        shareOut(plan);
    }
    return plan;
}

} // namespace shardlens::convert
