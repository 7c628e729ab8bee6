// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "convert/rules.h"
#include "convert/target.h"
#include "data/cast.h"
#include "data/tensor_reader.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <mutex>

namespace shardlens::convert {

namespace {

struct Asked {
    const TensorRange* tensor = nullptr;
    std::uint64_t bytes = 0;
};

/// The piece can be filled from what the tensor's payloads really say.
Result<void> checkTensor(const Plan& plan, const Asked& asked, const JobContext& context) {
    const auto& source = plan.sources[asked.tensor->source];
    SHARDLENS_TRY(const auto reader, TensorReader::open(source, asked.tensor->tensor, context));
    const auto dtype = asked.tensor->dtype;
    const bool fits = reader->dtype() == dtype || canCast(reader->dtype(), dtype);
    if (!fits || packedBytes(dtype, reader->elements()) != asked.bytes)
        return fail(rules::ConvertBlocked, {std::string("a tensor's data is not what its metadata says.")},
                    {{}, {}, std::string(source->tensor(asked.tensor->tensor).name())});
    return {};
}

} // namespace

Result<Findings> preflight(const Plan& plan, const Options& options, const JobContext& context) {
    Findings notes = checkTarget(plan, options);
    std::vector<Asked> asked;
    for (const auto& file : plan.files) {
        if (options.finish || file.part != plan.part) // other processes see to it
            continue;
        for (const auto& piece : file.pieces)
            if (const auto* tensor = std::get_if<TensorRange>(&piece.what))
                asked.push_back({tensor, piece.length});
    }
    constexpr std::size_t Together = 64;
    std::mutex mutex;
    Findings problems;
    context.begin("checking what is to be read", asked.size(), false);
    const auto checkPart = [&](std::size_t part) -> Result<void> {
        const auto end = std::min(asked.size(), (part + 1) * Together);
        for (auto i = part * Together; i != end; ++i) {
            SHARDLENS_CHECK(context.checkStop());
            auto checked = checkTensor(plan, asked[i], context);
            if (checked)
                continue;
            if (checked.error().rule == &rules::JobCancelled)
                return checked;
            const auto id = asked[i].tensor->tensor;
            const std::lock_guard lock(mutex);
            problems.push_back({std::move(checked).error(), {Subject::Kind::Tensor, id.value()}, {id}});
        }
        context.add(end - part * Together);
        return {};
    };
    SHARDLENS_CHECK(parallelFor(context, (asked.size() + Together - 1) / Together, checkPart));
    std::ranges::sort(problems, {}, [](const Finding& finding) { return finding.subject.id; });
    notes.insert(notes.end(), problems.begin(), problems.end());
    return notes;
}

} // namespace shardlens::convert
