// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_export.h"

#include "convert/archive_file.h"
#include "convert/command_text.h"
#include "convert/dduf_choice.h"
#include "convert/dduf_draft.h"
#include "convert/dduf_names.h"
#include "convert/dduf_structure.h"
#include "convert/dduf_verify.h"
#include "convert/dduf_weight_map.h"
#include "convert/publish_plan.h"
#include "convert/rules.h"
#include "convert/target.h"
#include "formats/diffusers/pipeline.h"

#include <algorithm>
#include <utility>

namespace shardlens::convert {

namespace {

Result<void> checkOptions(const ExportOptions& options) {
    if (options.output.empty())
        return fail(rules::ConvertBadOption, {std::string("--output"), std::string("no target is given")});
    if (!options.output.ends_with(".dduf"))
        return fail(rules::ConvertBadOption,
                    {std::string("--output"), "\"" + options.output + "\" does not end in .dduf"});
    for (const auto& [entry, file] : options.set) {
        if (!entry.ends_with(".json") && !entry.ends_with(".txt"))
            return fail(rules::ConvertBadOption,
                        {"--set " + entry, std::string("it is no JSON or text entry")});
        if (const auto why = whyNoEntry(entry); !why.empty())
            return fail(rules::ConvertBadOption, {"--set " + entry, why});
    }
    return {};
}

/// Entries that --set replaces or adds; the last of one name counts.
Result<void> applySet(const ExportOptions& options, Draft& draft) {
    for (const auto& [name, file] : options.set) {
        if (name == diffusers::IndexName && !options.folder.empty())
            continue; // the whole folder was read with it
        DraftEntry entry;
        entry.name = name;
        entry.from = file;
        entry.role = roleOf(name);
        SHARDLENS_TRY(entry.source, openFile(file));
        if (auto* old = draft.find(name))
            *old = std::move(entry);
        else
            draft.entries.push_back(std::move(entry));
    }
    return {};
}

/// The index first, the others by their bytes.
void sortEntries(std::vector<DraftEntry>& entries) {
    std::ranges::stable_sort(entries, [](const DraftEntry& a, const DraftEntry& b) {
        const bool firstA = a.name == diffusers::IndexName, firstB = b.name == diffusers::IndexName;
        return firstA != firstB ? firstA : a.name < b.name;
    });
}

void listEntries(Draft& draft) {
    for (auto& entry : draft.entries) {
        const auto component =
            std::ranges::find(draft.plan.components, folderOf(entry.name), &ExportComponent::name);
        if (component != draft.plan.components.end()) {
            component->bytes += entry.size();
            ++component->entries;
        }
        draft.plan.entries.push_back(
            {entry.name, entry.from, 0, entry.size(), entry.role, std::move(entry.tensors)});
    }
}

std::vector<ArchiveEntry> archiveEntries(std::vector<DraftEntry>& drafts) {
    std::vector<ArchiveEntry> out;
    for (auto& draft : drafts) {
        ArchiveEntry entry{draft.name, draft.size(), {}};
        if (draft.source)
            entry.pieces.push_back({0, entry.bytes, FileRange{draft.source, 0}});
        else if (draft.pieces.empty())
            entry.pieces.push_back({0, entry.bytes, Literal{std::move(draft.text)}});
        else
            entry.pieces = std::move(draft.pieces);
        out.push_back(std::move(entry));
    }
    return out;
}

std::uint64_t bytesRead(const Plan& plan) {
    std::uint64_t bytes = 0;
    for (const auto& piece : plan.files.front().pieces)
        if (const auto* tensor = std::get_if<TensorRange>(&piece.what))
            bytes += plan.sources[tensor->source]->tensor(tensor->tensor).bytes();
        else if (std::holds_alternative<FileRange>(piece.what))
            bytes += piece.length;
    return bytes;
}

Result<void> layOut(const ExportOptions& options, Draft& draft) {
    auto& write = draft.plan.write;
    SHARDLENS_TRY(auto archive, planArchive(archiveEntries(draft.entries)));
    for (std::size_t i = 0; i != draft.plan.entries.size(); ++i) {
        draft.plan.entries[i].offset = archive.dataOffsets[i];
        for (const auto& tensor : draft.plan.entries[i].tensors)
            archive.file.tensors.push_back(draft.plan.entries[i].name + ":" + tensor);
    }
    archive.file.path = targetFileName(options.output);
    write.bytesWritten = archive.file.bytes;
    write.files.push_back(std::move(archive.file));
    write.bytesRead = bytesRead(write);
    return {};
}

Options engineOptions(const ExportOptions& options) {
    Options out;
    out.output = options.output;
    out.force = options.force;
    out.sync = options.sync;
    return out;
}

std::vector<std::string> joined(const ExportOptions::Pairs& pairs) {
    std::vector<std::string> out;
    for (const auto& [name, value] : pairs)
        out.push_back(name + "=" + value);
    return out;
}

} // namespace

Plan ExportPlan::listing() const {
    Plan out;
    out.target = write.target;
    out.singleFile = true;
    for (const auto& entry : entries) {
        PlannedFile file;
        file.path = entry.name;
        file.bytes = entry.bytes;
        file.tensors = entry.tensors;
        file.role = entry.role;
        out.files.push_back(std::move(file));
        if (!entry.from.empty() && entry.from != entry.name)
            out.renamed.emplace_back(entry.from, entry.name);
    }
    out.skipped = write.skipped;
    out.notes = write.notes;
    out.bytesRead = write.bytesRead;
    out.bytesWritten = write.bytesWritten;
    if (write.files.empty()) // blocked, and not laid out
        for (const auto& entry : entries) {
            out.bytesRead += entry.bytes;
            out.bytesWritten += entry.bytes;
        }
    return out;
}

Result<ExportPlan> planExport(const ExportOptions& options, const JobContext& context) {
    SHARDLENS_CHECK(checkOptions(options));
    const bool ofFolder = !options.folder.empty();
    SHARDLENS_TRY(auto draft, ofFolder ? draftFolder(options, context) : draftList(options, context));
    auto& write = draft.plan.write;
    write.target = options.output;
    write.singleFile = true;
    SHARDLENS_CHECK(applySet(options, draft));
    SHARDLENS_CHECK(checkContents(draft, context));
    SHARDLENS_CHECK(fitWeightMaps(draft, context));
    SHARDLENS_CHECK(checkStructure(draft, ofFolder, context));
    sortEntries(draft.entries);
    listEntries(draft);
    if (!draft.plan.blocked())
        SHARDLENS_CHECK(layOut(options, draft));
    return std::move(draft.plan);
}

Result<Findings> checkExport(const ExportPlan& plan, const ExportOptions& options,
                             const JobContext& context) {
    return preflight(plan.write, engineOptions(options), context);
}

Result<Report> executeExport(const ExportPlan& plan, const ExportOptions& options,
                             const JobContext& context) {
    const auto check = [&](const std::string& folder) {
        return verifyArchive(plan, folder, context);
    };
    return publishPlan(plan.write, engineOptions(options), check, context);
}

std::string asCommand(const ExportOptions& options) {
    CommandText command("shardlens-cli dduf export");
    if (!options.folder.empty())
        command.argument(options.folder);
    else
        command.value("--entries", "-");
    command.value("--output", options.output);
    command.value("--variant", options.variant);
    command.values("--weights", joined(options.weights));
    command.values("--exclude", options.exclude);
    command.flag("--convert-pickles", options.convertPickles);
    command.values("--set", joined(options.set));
    command.flag("--force", options.force);
    command.flag("--no-fsync", !options.sync);
    return command.take();
}

Result<ExportOptions::Pairs> parseEntryList(std::string_view text) {
    ExportOptions::Pairs pairs;
    std::uint64_t number = 0;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        ++number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty())
            continue;
        const auto equals = line.find('=');
        if (equals == line.npos || equals == 0 || equals + 1 == line.size())
            return fail(rules::ConvertBadOption, {"--entries, line " + std::to_string(number),
                                                  std::string("it is not of the form NAME=PATH")});
        pairs.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    if (pairs.empty())
        return fail(rules::ConvertBadOption, {std::string("--entries"), std::string("the list is empty")});
    return pairs;
}

} // namespace shardlens::convert
