// SPDX-License-Identifier: Apache-2.0
// A whole file: reading its header ends, and what it says of itself holds.
#include "base/checked.h"
#include "formats/safetensors/add_header.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/writer.h"
#include "fuzz/target.h"

#include <set>

namespace shardlens::fuzz {

namespace {

using namespace safetensors;

void checkColumns(const Header& header) {
    const auto count = header.count();
    require(header.names.size() == count && header.dimsEnd.size() == count && header.begin.size() == count &&
                header.end.size() == count && header.state.size() == count && header.nameAt.size() == count,
            "columns have one length");
    std::set<std::string_view> names;
    for (std::uint32_t i = 0; i < count; ++i) {
        require(names.insert(header.name(i)).second, "each name stands once");
        if (header.state[i] == TensorState::Broken)
            continue;
        const auto stored = header.stored(i);
        require(stored.begin <= stored.end && header.data.begin <= stored.begin &&
                    stored.end <= header.data.end,
                "bytes that may be read lie in the data");
        if (header.state[i] == TensorState::Sound)
            require(packedBytes(header.dtype[i], *checkedProduct(header.shape(i))) == stored.size(),
                    "sound tensors have the bytes of their shape");
    }
}

void checkFindings(const Header& header, std::uint64_t fileBytes) {
    std::vector<bool> lost(header.count());
    for (const auto& finding : header.findings) {
        require(finding.what.where.offset.value_or(0) <= fileBytes, "findings lie in the file");
        for (const auto index : finding.tensors) {
            require(index < header.count(), "findings list tensors that there are");
            if (finding.what.rule->severity == Severity::Error)
                lost[index] = true;
        }
    }
    for (std::uint32_t i = 0; i < header.count(); ++i)
        require(lost[i] == (header.state[i] != TensorState::Sound),
                "errors list the tensors that are lost, and no others");
}

/// What we write of a sound header is read back without a finding.
void checkRoundTrip(const Header& header) {
    std::vector<TensorToWrite> tensors;
    for (std::uint32_t i = 0; i < header.count(); ++i)
        if (header.state[i] == TensorState::Sound)
            tensors.push_back({header.name(i), header.dtype[i], header.shape(i)});
    auto written = buildHeader(tensors, {});
    require(written.has_value(), "sound tensors can be written");
    if (written->fileBytes > 1 << 20)
        return;
    written->bytes.resize(written->fileBytes);
    const auto again = readHeader(*memorySource("again", std::move(written->bytes)), {});
    require(again.has_value() && again->findings.empty() && again->count() == tensors.size(),
            "what is written reads back");
}

void run(std::string_view input) {
    const auto* begin = reinterpret_cast<const std::byte*>(input.data());
    const auto source = memorySource("input", {begin, begin + input.size()});
    const auto header = readHeader(*source, {});
    if (!header) {
        require(header.error().where.offset.value_or(0) <= input.size(), "failures lie in the file");
        return;
    }
    checkColumns(*header);
    checkFindings(*header, input.size());
    checkRoundTrip(*header);
    CheckpointBuilder builder{JobContext()};
    const auto file = builder.addFile({.path = "input",
                                       .bytes = source->size(),
                                       .rank = {},
                                       .source = source,
                                       .missing = false,
                                       .metadata = header->metadata});
    if (!addHeader(builder, *header, file))
        return;
    const auto checkpoint = builder.build();
    require(checkpoint.has_value(), "every header becomes a checkpoint");
    for (std::uint32_t i = 0; i < header->count(); ++i)
        require((*checkpoint)->tensor(TensorId(i)).readable() == (header->state[i] == TensorState::Sound),
                "tensors are readable that are sound");
}

const Registered registered({"safetensors_file", run, {"hostile/safetensors", "data"}});

} // namespace

} // namespace shardlens::fuzz
