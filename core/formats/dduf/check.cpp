// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/check.h"

#include "formats/dduf/archive.h"
#include "formats/dduf/describe_archive.h"
#include "formats/dduf/reader_verdicts.h"
#include "formats/dduf/verify.h"
#include "formats/diffusers/add_component.h"
#include "formats/file_damage.h"
#include "formats/open.h"
#include "model/checkpoint_builder.h"

#include <algorithm>
#include <utility>

namespace shardlens::dduf {

namespace {

Result<Findings> findingsOf(const ByteSourcePtr& source, bool deep, const JobContext& context) {
    std::vector<std::byte> head(std::min<std::uint64_t>(source->size(), 4096));
    SHARDLENS_CHECK(source->readAt(0, head));
    SHARDLENS_CHECK(checkHead(head, source->size(), source->name()));
    SHARDLENS_TRY(const auto archive, Archive::read(source, context));
    CheckpointBuilder builder(context);
    SHARDLENS_CHECK(describeArchive(builder, archive, {}, context));
    builder.facts().format = Format::Dduf;
    builder.setBackend(diffusers::makeBackend());
    SHARDLENS_TRY(const auto checkpoint, builder.build());
    auto findings = checkpoint->findings();
    if (deep) {
        SHARDLENS_TRY(auto damaged, verifyArchive(archive, context));
        std::ranges::move(damaged, std::back_inserter(findings));
    }
    return findings;
}

} // namespace

Result<ArchiveCheck> checkArchive(const std::string& path, bool deep, const JobContext& context) {
    SHARDLENS_TRY(const auto source, openArchiveFile(path));
    ArchiveCheck out;
    auto findings = findingsOf(source, deep, context);
    if (findings)
        out.findings = std::move(*findings);
    else if (isDamage(findings.error()))
        out.findings.push_back({std::move(findings).error(), {}, {}});
    else
        return Failure(std::move(findings).error());
    SHARDLENS_TRY(out.readers, judgeReaders(*source, context));
    std::ranges::stable_sort(out.findings, {}, [](const Finding& finding) { return finding.severity(); });
    return out;
}

} // namespace shardlens::dduf
