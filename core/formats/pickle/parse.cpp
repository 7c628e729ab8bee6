// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/parse.h"

#include "base/checked.h"
#include "formats/pickle/machine.h"
#include "formats/pickle/rules.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <vector>

namespace shardlens::pickle {

namespace {

constexpr std::uint64_t ReadStep = 4 * Limits::MiB;
constexpr std::uint64_t FirstGuess = 64 * Limits::KiB;

// Bytes that nobody clears before they are read into.
std::shared_ptr<std::byte> rawBytes(std::uint64_t count) {
    void* memory = std::malloc(static_cast<std::size_t>(std::max<std::uint64_t>(count, 1)));
    return {static_cast<std::byte*>(memory), [](std::byte* bytes) {
                std::free(bytes);
            }};
}

bool wantsMore(const Error& error) {
    return error.rule == &rules::pickle::Truncated || error.rule == &rules::pickle::LengthPastEnd;
}

} // namespace

Input ownedInput(std::vector<std::byte> bytes, Location where) {
    auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    const std::span<const std::byte> view(*owner);
    return {std::move(owner), view, std::move(where)};
}

Result<Input> readInput(const ByteSource& source, std::uint64_t offset, std::uint64_t length, Location where,
                        const JobContext& context) {
    if (length > context.limits->pickle)
        return fail(rules::pickle::TooLarge, {Bytes{length}, Bytes{context.limits->pickle}},
                    std::move(where));
    if (!rangeFits(offset, length, source.size()))
        return fail(rules::pickle::LengthPastEnd,
                    {std::string("The pickle's place"), Bytes{length},
                     Bytes{source.size() - std::min(offset, source.size())}},
                    std::move(where));
    auto memory = rawBytes(length);
    if (memory == nullptr)
        return fail(rules::pickle::TooMuchMemory, {Bytes{length}}, std::move(where));
    source.willRead(offset, length);
    for (std::uint64_t done = 0; done < length;) {
        SHARDLENS_CHECK(context.checkStop());
        const std::uint64_t step = std::min(ReadStep, length - done);
        SHARDLENS_CHECK(source.readAt(offset + done, {memory.get() + done, static_cast<std::size_t>(step)}));
        context.add(step);
        done += step;
    }
    where.offset = offset;
    const std::span<const std::byte> view(memory.get(), static_cast<std::size_t>(length));
    return Input{std::move(memory), view, std::move(where)};
}

Result<PicklePtr> parse(Input input, const JobContext& context, bool reportProgress) {
    if (input.bytes.size() > context.limits->pickle)
        return fail(rules::pickle::TooLarge, {Bytes{input.bytes.size()}, Bytes{context.limits->pickle}},
                    std::move(input.where));
    Machine machine(std::move(input), context, reportProgress);
    return machine.run();
}

Result<PicklePtr> parseAt(const ByteSource& source, std::uint64_t offset, Location where,
                          const JobContext& context) {
    const std::uint64_t there = source.size() - std::min(offset, source.size());
    const std::uint64_t most = std::min(there, context.limits->pickle);
    for (std::uint64_t length = std::min(FirstGuess, most);; length = length > most / 4 ? most : length * 4) {
        SHARDLENS_TRY(Input input, readInput(source, offset, length, where, context));
        auto parsed = parse(std::move(input), context);
        if (parsed || length == most || !wantsMore(parsed.error()))
            return parsed;
    }
}

} // namespace shardlens::pickle
