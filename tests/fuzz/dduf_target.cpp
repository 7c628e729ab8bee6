// SPDX-License-Identifier: Apache-2.0
// Any bytes as an archive: it is described within its bytes or refused, and the readers' verdicts come out.
#include "formats/dduf/archive.h"
#include "formats/dduf/describe_archive.h"
#include "formats/dduf/reader_verdicts.h"
#include "formats/dduf/verify.h"
#include "formats/diffusers/add_component.h"
#include "fuzz/target.h"
#include "query/file_map.h"

#include <span>
#include <vector>

namespace shardlens::fuzz {

namespace {

void describe(const dduf::Archive& archive, const JobContext& context) {
    CheckpointBuilder builder(context);
    builder.facts().format = Format::Dduf;
    if (!describeArchive(builder, archive, {}, context))
        return;
    builder.setBackend(diffusers::makeBackend());
    const auto checkpoint = builder.build();
    if (!checkpoint)
        return;
    const auto size = archive.source()->size();
    for (std::uint32_t i = 0; i < (*checkpoint)->sliceCount(); ++i)
        require((*checkpoint)->slice(SliceId(i)).stored.end <= size, "slices lie in the archive");
    for (std::uint32_t i = 0; i < (*checkpoint)->entryCount(); ++i)
        (void)(*checkpoint)->value(EntryId(i));
    require(archive.sound() || (*checkpoint)->tensorCount() == 0, "a refused archive has no tensors");
    (void)FileMaps::build(*checkpoint, context);
}

void run(std::string_view input) {
    const auto bytes = std::as_bytes(std::span(input));
    const auto source = memorySource("input.dduf", {bytes.begin(), bytes.end()});
    JobContext context;
    context.threads = 1;
    require(dduf::judgeReaders(*source, context).has_value(), "there is always a verdict");
    const auto archive = dduf::Archive::read(source, context);
    if (!archive)
        return;
    for (std::size_t i = 0; i < archive->entries().size(); ++i)
        if (const auto data = archive->data(i))
            require(data->begin <= data->end && data->end <= input.size(), "data lies in the archive");
    require(dduf::verifyArchive(*archive, context).has_value(), "verifying ends");
    describe(*archive, context);
}

const Registered registered({"dduf", run, {"hostile/dduf"}});

} // namespace

} // namespace shardlens::fuzz
