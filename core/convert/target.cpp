// SPDX-License-Identifier: Apache-2.0
#include "convert/target.h"

#include "convert/execute_part.h"
#include "convert/metadata_files.h"
#include "convert/name_pattern.h"
#include "convert/note.h"
#include "convert/publishing.h"
#include "convert/rules.h"
#include "io/file_tree.h"
#include "io/rules.h"
#include "io/staged_output.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace shardlens::convert {

namespace {

using Identities = std::set<std::pair<std::uint64_t, std::uint64_t>>;

constexpr std::string_view Staging = ".shardlens-";

bool isStaging(std::string_view name) {
    return name.starts_with(Staging);
}

std::pair<std::uint64_t, std::uint64_t> inode(const ByteSource& source) {
    const auto identity = source.identity();
    return {identity.device, identity.inode};
}

Identities inputIdentities(const Plan& plan) {
    Identities all;
    for (const auto& source : plan.sources)
        for (std::uint32_t i = 0; i != source->fileCount(); ++i)
            if (const auto& file = source->file(FileId(i)); file.source && file.source->identity().inode != 0)
                all.insert(inode(*file.source));
    const auto add = [&all](const ByteSource& source) {
        if (source.identity().inode != 0)
            all.insert(inode(source));
    };
    for (const auto& input : plan.inputs)
        add(*input);
    for (const auto& file : plan.files)
        for (const auto& piece : file.pieces)
            if (const auto* range = std::get_if<FileRange>(&piece.what))
                add(*range->source);
    return all;
}

void addError(Findings& notes, const Error& error) {
    Finding finding;
    finding.what = error;
    notes.push_back(std::move(finding));
}

/// The folder is an input's where a file of an input's name in it is that input.
bool holdsInputs(const Plan& plan, const FileTree& folder, const Identities& inputs) {
    std::unordered_set<std::string> names;
    for (const auto& source : plan.sources)
        for (std::uint32_t i = 0; i != source->fileCount(); ++i)
            names.emplace(baseName(source->file(FileId(i)).path));
    for (const auto& file : plan.files)
        names.insert(file.path);
    return std::ranges::any_of(names, [&](const std::string& name) {
        const auto found = folder.find(name);
        if (!found || found->kind != NameKind::File)
            return false;
        const auto opened = folder.open(name);
        return opened && inputs.contains(inode(**opened));
    });
}

/// What the target may hold where several processes write one plan: another part has published, or is about
/// to. Whether the files are the same is found out by reading them.
std::unordered_set<std::string_view> expectedNames(const Plan& plan, const Options& options) {
    std::unordered_set<std::string_view> names;
    if (plan.parts != 0 || options.finish)
        for (const auto* file : filesOf(plan, false))
            names.insert(std::string_view(file->path).substr(0, file->path.find('/')));
    return names;
}

void checkFolder(const Plan& plan, const Options& options, Findings& notes) {
    const auto folder = openFolder(plan.target);
    if (!folder) {
        if (folder.error().rule->id != rules::NotFound.id)
            addError(notes, folder.error());
        return;
    }
    if (holdsInputs(plan, **folder, inputIdentities(plan))) {
        addNote(notes, rules::ConvertTargetIsInput,
                {plan.target, std::string("the folder that is read from")});
        return;
    }
    const auto names = (*folder)->list();
    const auto expected = expectedNames(plan, options);
    if (!names)
        addError(notes, names.error());
    else if (!options.force && std::ranges::any_of(*names, [&](const TreeName& name) {
                 return !isStaging(name.name) && !expected.contains(name.name);
             }))
        addNote(notes, rules::ConvertTargetNotEmpty, {plan.target});
}

void checkFile(const Plan& plan, const Options& options, Findings& notes) {
    const auto existing = openFile(plan.target);
    if (existing && inputIdentities(plan).contains(inode(**existing)))
        addNote(notes, rules::ConvertTargetIsInput, {plan.target, std::string("a file that is read from")});
    else if (existing && !options.force)
        addNote(notes, rules::TargetExists, {plan.target});
    else if (!existing && existing.error().rule->id != rules::NotFound.id)
        addError(notes, existing.error());
}

} // namespace

bool isFileTarget(const std::string& output) {
    return output.ends_with(".safetensors") && !openFolder(output);
}

std::string targetFileName(const std::string& output) {
    return std::string(baseName(output));
}

bool isOccupied(const std::string& folder) {
    const auto opened = openFolder(folder);
    const auto names = opened ? (*opened)->list() : Result<std::vector<TreeName>>(std::vector<TreeName>());
    return names && std::ranges::any_of(*names, [](const TreeName& name) { return !isStaging(name.name); });
}

Findings checkTarget(const Plan& plan, const Options& options) {
    Findings notes;
    const bool several = plan.parts != 0 || options.finish;
    if (plan.singleFile)
        checkFile(plan, options, notes);
    else
        checkFolder(plan, options, notes);
    for (const auto& file : plan.files)
        if (file.role == PlannedFile::Role::Values && !options.force && openFile(file.path) &&
            !(several && standsAlready(file, file.path)))
            addNote(notes, rules::TargetExists, {file.path});
    const auto free = freeSpace(plan.target);
    if (!free)
        addError(notes, free.error());
    else if (const auto bytes = several ? bytesToWrite(plan) : plan.bytesWritten; *free < bytes)
        addNote(notes, rules::NoSpace, {plan.target, Bytes{bytes}});
    return notes;
}

std::vector<std::string> staleFiles(const Plan& plan, const Options& options) {
    std::vector<std::string> stale;
    if (plan.singleFile || !options.force)
        return stale;
    const auto folder = openFolder(plan.target);
    if (!folder)
        return stale;
    const auto names = (*folder)->list();
    if (!names)
        return stale;
    std::unordered_set<std::string_view> written;
    for (const auto& file : plan.files)
        written.insert(file.path);
    for (const auto& name : *names)
        if (!written.contains(name.name) && isOfPattern(plan.namePattern, name.name))
            stale.push_back(name.name);
    return stale;
}

} // namespace shardlens::convert
