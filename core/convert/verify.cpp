// SPDX-License-Identifier: Apache-2.0
#include "convert/verify.h"

#include "convert/piece_filler.h"
#include "convert/rules.h"
#include "convert/work_queue.h"
#include "formats/safetensors/header.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <unordered_map>

namespace shardlens::convert {

namespace {

Failure differs(const PlannedFile& file, std::string why) {
    return fail(rules::ConvertVerifyFailed, {file.path, std::move(why)}, {file.path, {}, {}});
}

bool isPlanned(const Plan& plan, const Piece& piece, const safetensors::Header& header, std::uint32_t index) {
    const auto& range = std::get<TensorRange>(piece.what);
    const auto shape = plan.sources[range.source]->tensor(range.tensor).shape();
    return header.stored(index).size() == piece.length && header.dtype[index] == range.dtype &&
           equal(header.shape(index), shape);
}

Result<void> compareTensors(const Plan& plan, const PlannedFile& file, const safetensors::Header& header) {
    if (!header.findings.empty())
        return differs(file, message(header.findings.front().what));
    if (header.count() != file.tensors.size())
        return differs(file, "it has " + std::to_string(header.count()) + " tensors");
    std::unordered_map<std::string_view, std::uint32_t> byName;
    for (std::uint32_t i = 0; i != header.count(); ++i)
        byName.emplace(header.name(i), i);
    std::unordered_map<std::uint64_t, const Piece*> byOffset;
    for (const auto& piece : file.pieces)
        if (std::holds_alternative<TensorRange>(piece.what))
            byOffset.emplace(piece.offset, &piece);
    std::size_t compared = 0;
    for (const auto& name : file.tensors) {
        const auto found = byName.find(name);
        if (found == byName.end())
            return differs(file, "it lacks \"" + name + "\"");
        const auto stored = header.stored(found->second);
        if (stored.empty())
            continue;
        const auto at = byOffset.find(stored.begin);
        if (at == byOffset.end() || !isPlanned(plan, *at->second, header, found->second))
            return differs(file, "\"" + name + "\" has another place, dtype or shape");
        ++compared;
    }
    return compared == byOffset.size() ? Result<void>() : differs(file, "a tensor has no data");
}

Result<ByteSourcePtr> openWritten(const PlannedFile& file, const std::string& folder) {
    SHARDLENS_TRY(auto source, openFile(folder + "/" + file.path, file.path));
    if (source->size() != file.bytes)
        return differs(file, "it has " + std::to_string(source->size()) + " bytes");
    return source;
}

/// All bytes of one file, from both sides, in segments.
Result<void> compareBytes(const PlannedFile& file, const ByteSource& written, PieceFiller& filler,
                          const Plan& plan, const JobContext& context) {
    constexpr std::uint64_t Step = 64 * 3 * 4096; // whole elements of any dtype
    std::vector<std::byte> expected, found;
    for (const auto& piece : file.pieces) {
        std::shared_ptr<TensorReader> reader;
        if (const auto* tensor = std::get_if<TensorRange>(&piece.what)) {
            SHARDLENS_TRY(reader, TensorReader::open(plan.sources[tensor->source], tensor->tensor, context));
        }
        for (std::uint64_t at = 0; at < piece.length; at += Step) {
            SHARDLENS_CHECK(context.checkStop());
            const auto size = static_cast<std::size_t>(std::min(Step, piece.length - at));
            expected.resize(size);
            found.resize(size);
            SHARDLENS_CHECK(filler.fill(piece, at, expected, reader.get()));
            SHARDLENS_CHECK(written.readAt(piece.offset + at, found));
            if (std::memcmp(expected.data(), found.data(), size) != 0)
                return differs(file, "the bytes from " + std::to_string(piece.offset + at) + " on differ");
            context.add(size);
        }
    }
    return {};
}

} // namespace

Result<void> verifyLayout(const Plan& plan, const std::vector<const PlannedFile*>& files,
                          const std::string& folder, const JobContext& context) {
    context.begin("verifying", files.size(), false);
    return parallelFor(context, files.size(), [&](std::size_t i) -> Result<void> {
        const auto& file = *files[i];
        SHARDLENS_TRY(const auto written, openWritten(file, folder));
        context.add(1);
        if (file.role == PlannedFile::Role::Weights) {
            SHARDLENS_TRY(const auto header, safetensors::readHeader(*written, context));
            return compareTensors(plan, file, header);
        }
        PieceFiller filler(plan, context);
        return compareBytes(file, *written, filler, plan, context);
    });
}

Result<void> checkSizes(const Plan& plan, const std::string& folder) {
    for (const auto& file : plan.files)
        SHARDLENS_CHECK(openWritten(file, folder));
    return {};
}

Result<void> verifyContents(const Plan& plan, const std::vector<const PlannedFile*>& files,
                            const std::string& folder, const JobContext& context) {
    std::uint64_t bytes = 0;
    for (const auto* file : files)
        bytes += file->bytes;
    context.begin("comparing with the source", bytes);
    return parallelFor(context, files.size(), [&](std::size_t i) -> Result<void> {
        SHARDLENS_TRY(const auto written, openWritten(*files[i], folder));
        PieceFiller filler(plan, context);
        return compareBytes(*files[i], *written, filler, plan, context);
    });
}

Result<void> verifyFiles(const Plan& plan, const std::vector<const PlannedFile*>& files,
                         const std::string& folder, Verify how, const JobContext& context) {
    if (how == Verify::None)
        return {};
    SHARDLENS_CHECK(verifyLayout(plan, files, folder, context));
    return how == Verify::Full ? verifyContents(plan, files, folder, context) : Result<void>();
}

} // namespace shardlens::convert
