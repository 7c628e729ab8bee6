// SPDX-License-Identifier: Apache-2.0
#include "convert/casting.h"

#include "convert/metadata_files.h"
#include "convert/note.h"
#include "convert/rules.h"
#include "data/cast.h"
#include "query/filter.h"

#include <algorithm>

namespace shardlens::convert {

namespace {

DType castTarget(Cast cast) {
    switch (cast) {
    case Cast::BF16:
        return DType::BF16;
    case Cast::F16:
        return DType::F16;
    case Cast::F32:
        return DType::F32;
    case Cast::F64:
        return DType::F64;
    default:
        return DType::Unknown;
    }
}

} // namespace

Result<void> applyCast(const CheckpointPtr& source, const Options& options, const JobContext& context,
                       Choice& choice) {
    std::map<std::string, std::string, std::less<>> recorded;
    if (options.cast != Cast::None) {
        SHARDLENS_TRY(recorded, originalDTypes(*source));
        if (options.cast == Cast::Original && recorded.empty())
            addNote(choice.notes, rules::ConvertNoOriginal);
    }
    std::vector<std::vector<std::uint64_t>> kept;
    for (const auto& text : options.keepDType) {
        SHARDLENS_TRY(const auto filter, Filter::parse(text));
        SHARDLENS_TRY(auto bits, filter.apply(*source, context));
        kept.push_back(std::move(bits));
    }
    const auto isKept = [&kept](TensorId id) {
        return std::ranges::any_of(
            kept, [id](const auto& bits) { return (bits[id.index() / 64] >> id.index() % 64 & 1) != 0; });
    };
    std::vector<TensorId> unusable;
    std::string firstUnusable;
    for (auto& chosen : choice.tensors) {
        const auto tensor = source->tensor(chosen.tensor);
        chosen.dtype = tensor.dtype();
        if (options.cast != Cast::None && info(chosen.dtype).ordinaryFloat && !isKept(chosen.tensor)) {
            const auto found = recorded.find(tensor.name());
            const auto original = found == recorded.end() ? std::nullopt : dtypeFromUser(found->second);
            const auto target = options.cast == Cast::Original ? original.value_or(DType::Unknown)
                                : original == DType::F32       ? DType::F32
                                                               : castTarget(options.cast);
            if (options.cast != Cast::Original && original == DType::F32) {
                // stays as it is
            } else if (canCast(chosen.dtype, target)) {
                chosen.dtype = target;
            } else if (!recorded.empty()) {
                unusable.push_back(chosen.tensor);
                firstUnusable = firstUnusable.empty() ? chosen.name : firstUnusable;
            }
        }
        if (chosen.dtype != tensor.dtype())
            choice.cast.push_back(chosen.name);
        chosen.bytes = packedBytes(chosen.dtype, tensor.elements()).value_or(0);
    }
    if (!unusable.empty())
        addNote(choice.notes, rules::ConvertOriginalUnusable, {std::uint64_t{unusable.size()}, firstUnusable},
                unusable);
    return {};
}

DType dominantFloat(const Choice& choice) {
    std::map<DType, std::uint64_t> bytes;
    for (const auto& chosen : choice.tensors)
        if (info(chosen.dtype).ordinaryFloat)
            bytes[chosen.dtype] += chosen.bytes;
    const auto most = std::ranges::max_element(bytes, {}, [](const auto& entry) { return entry.second; });
    return most == bytes.end() ? DType::Unknown : most->first;
}

} // namespace shardlens::convert
