// SPDX-License-Identifier: Apache-2.0
#include "convert/publishing.h"

#include "convert/note.h"
#include "convert/rules.h"
#include "convert/target.h"
#include "io/remove_file.h"
#include "io/rules.h"

#include <algorithm>
#include <span>

namespace shardlens::convert {

namespace {

Result<void> writeValues(const PlannedFile& file, const StagingOptions& options) {
    SHARDLENS_TRY(const auto staged, StagedOutput::createForFile(file.path, options));
    const auto& text = std::get<Literal>(file.pieces.front().what).bytes;
    SHARDLENS_TRY(const auto output, staged->create(targetFileName(file.path), text.size()));
    SHARDLENS_CHECK(output->writeAt(0, std::as_bytes(std::span(text))));
    SHARDLENS_CHECK(output->close(options.sync));
    return staged->publish({targetFileName(file.path)});
}

} // namespace

std::vector<const PlannedFile*> filesOf(const Plan& plan, bool values) {
    std::vector<const PlannedFile*> files;
    for (const auto& file : plan.files)
        if ((file.role == PlannedFile::Role::Values) == values)
            files.push_back(&file);
    return files;
}

std::vector<std::string> pathsOf(const std::vector<const PlannedFile*>& files) {
    std::vector<std::string> paths;
    for (const auto* file : files)
        paths.push_back(file->path);
    return paths;
}

bool standsAlready(const PlannedFile& file, const std::string& path) {
    const auto* text = file.pieces.size() == 1 ? std::get_if<Literal>(&file.pieces.front().what) : nullptr;
    const auto opened = openFile(path);
    if (text == nullptr || !opened || (*opened)->size() != text->bytes.size())
        return false;
    const auto bytes = readAll(**opened, text->bytes.size());
    return bytes && std::ranges::equal(*bytes, std::as_bytes(std::span(text->bytes)));
}

Result<void> publishValues(const Plan& plan, const StagingOptions& options, bool sameStays) {
    for (const auto* file : filesOf(plan, true)) {
        if (sameStays && standsAlready(*file, file->path))
            continue;
        const auto written = writeValues(*file, options);
        const bool other = !written && written.error().rule == &rules::TargetExists;
        if (!written && !(sameStays && other && standsAlready(*file, file->path)))
            return written;
    }
    return {};
}

void removeStale(const Plan& plan, const std::vector<std::string>& stale, Findings& notes) {
    for (const auto& name : stale)
        if (const auto removed = removeFile(plan.target + "/" + name); !removed)
            addNote(notes, rules::ConvertStale, {name, message(removed.error())});
}

} // namespace shardlens::convert
