// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_verify.h"

#include "convert/rules.h"
#include "formats/safetensors/header.h"
#include "formats/zip/directory.h"
#include "formats/zip/local_header.h"
#include "io/byte_source.h"
#include "jobs/parallel_for.h"

#include <utility>
#include <vector>

namespace shardlens::convert {

namespace {

Failure differs(const PlannedFile& file, std::string why) {
    return fail(rules::ConvertVerifyFailed, {file.path, std::move(why)}, {file.path, {}, {}});
}

Result<void> compareEntry(const ExportEntry& planned, const PlannedFile& file, const ByteSource& archive,
                          const zip::Directory& directory, const zip::Entry& entry, zip::LocalHeader& header,
                          const JobContext& context) {
    if (entry.name != planned.name || entry.bytes != planned.bytes || !entry.stored())
        return differs(file, "the entry \"" + planned.name + "\" is another");
    SHARDLENS_TRY(header, zip::readLocalHeader(archive, directory, entry));
    if (!header.disagreements.empty())
        return differs(file, message(header.disagreements.front()));
    if (header.data.begin != planned.offset || header.data.size() != planned.bytes)
        return differs(file, "the entry \"" + planned.name + "\" lies elsewhere");
    if (planned.role != PlannedFile::Role::Weights)
        return {};
    SHARDLENS_TRY(const auto weights,
                  safetensors::readHeader(archive, context, {header.data.begin, header.data.end}));
    if (weights.count() != planned.tensors.size())
        return differs(file, "\"" + planned.name + "\" has other tensors");
    return {};
}

} // namespace

Result<void> verifyArchive(const ExportPlan& plan, const std::string& folder, const JobContext& context) {
    const auto& file = plan.write.files.front();
    SHARDLENS_TRY(const auto archive, openFile(folder + "/" + file.path, file.path));
    if (archive->size() != file.bytes)
        return differs(file, "it has " + std::to_string(archive->size()) + " bytes");
    SHARDLENS_TRY(const auto directory, zip::Directory::read(*archive, context));
    if (!directory.anomalies().empty())
        return differs(file, message(directory.anomalies().front()));
    if (directory.entries().size() != plan.entries.size())
        return differs(file, "it has " + std::to_string(directory.entries().size()) + " entries");
    context.begin("verifying", plan.entries.size(), false);
    std::vector<zip::LocalHeader> headers(plan.entries.size());
    const auto compareOne = [&](std::size_t i) -> Result<void> {
        SHARDLENS_CHECK(context.checkStop());
        context.add(1);
        return compareEntry(plan.entries[i], file, *archive, directory, directory.entries()[i], headers[i],
                            context);
    };
    SHARDLENS_CHECK(parallelFor(context, plan.entries.size(), compareOne));
    const auto overlaps = zip::findOverlaps(*archive, directory, headers);
    return overlaps.empty() ? Result<void>() : differs(file, message(overlaps.front()));
}

} // namespace shardlens::convert
