// SPDX-License-Identifier: Apache-2.0
#include "data/tensor_reader.h"

#include "base/checked.h"
#include "data/rules.h"
#include "data/slice_reader.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace shardlens {

namespace {

constexpr std::uint64_t SmallRangeBytes = 512 * 1024;
constexpr std::uint64_t LargeRangeBytes = 4 * 1024 * 1024;
/// What a read from one slice should have, so that the call is not what costs.
constexpr std::uint64_t GoodReadBytes = 64 * 1024;

bool sameBox(const Box& a, const Box& b) {
    return equal(a.offset, b.offset) && equal(a.size, b.size);
}

} // namespace

struct TensorReader::State {
    CheckpointPtr checkpoint; // slices' boxes and names are views on it
    TensorId tensor;
    std::string name;
    DType dtype = DType::Unknown;
    std::uint64_t elements = 0;
    std::uint64_t bytes = 0;
    std::uint64_t preferred = 1;
    bool randomAccess = true;
    std::vector<std::unique_ptr<SliceReader>> slices; // sorted by first position
    std::vector<std::uint64_t> lastBefore;            // the highest last position of the slices up to each

    Result<void> openSlices(const JobContext& context);
    void arrange(const JobContext& context);
    std::size_t firstFor(std::uint64_t position) const;
    std::uint64_t meetingAtOnce() const;
};

/// Equal boxes are replicas: the first that can be opened serves.
Result<void> TensorReader::State::openSlices(const JobContext& context) {
    const auto view = checkpoint->tensor(tensor);
    const auto count = view.sliceCount();
    for (std::uint32_t i = 0; i < count;) {
        const auto box = checkpoint->slice(view.slice(i)).box;
        std::optional<Error> problem;
        bool opened = elementCount(box.size) == 0;
        std::uint32_t next = i;
        for (; next < count && sameBox(box, checkpoint->slice(view.slice(next)).box); ++next) {
            if (opened)
                continue;
            auto reader = SliceReader::open(checkpoint, view.slice(next), context);
            if (!reader) {
                problem = problem ? std::move(problem) : std::optional(std::move(reader).error());
                continue;
            }
            slices.push_back(std::move(*reader));
            opened = true;
        }
        if (!opened)
            return Failure(std::move(*problem));
        if (i % 256 == 0)
            SHARDLENS_CHECK(context.checkStop());
        i = next;
    }
    return {};
}

/// The most slices that a short range meets, estimated at the tensor's middle: what a range's size is shared
/// by.
std::uint64_t TensorReader::State::meetingAtOnce() const {
    std::uint64_t row = 0;
    for (const auto& slice : slices)
        row += slice->layout().first() <= elements / 2 && slice->layout().last() >= elements / 2 ? 1 : 0;
    return std::max<std::uint64_t>(row, 1);
}

void TensorReader::State::arrange(const JobContext& context) {
    std::ranges::sort(slices, {}, [](const auto& slice) { return slice->layout().first(); });
    bool permuted = false;
    std::uint64_t highest = 0;
    for (const auto& slice : slices) {
        highest = std::max(highest, slice->layout().last());
        lastBefore.push_back(highest);
        randomAccess = randomAccess && slice->randomAccess();
        permuted = permuted || slice->permuted();
    }
    auto size = std::clamp(meetingAtOnce() * GoodReadBytes, SmallRangeBytes, LargeRangeBytes);
    if (permuted) // each range is a pass over the storage: as few as the memory allows
        size = std::max(size, context.memory / (4 * std::max(1u, context.threadCount())));
    preferred =
        std::max<std::uint64_t>(8, size * 8 / bitsOf(dtype) / 8 * 8); // eight elements are whole bytes
}

Result<std::shared_ptr<TensorReader>> TensorReader::open(CheckpointPtr checkpoint, TensorId tensor,
                                                         const JobContext& context) {
    auto state = std::make_unique<State>();
    const auto view = checkpoint->tensor(tensor);
    state->tensor = tensor;
    state->name = view.name();
    state->dtype = view.dtype();
    if (bitsOf(view.dtype()) == 0)
        return fail(rules::DataUnknownDType, {state->name, std::string(view.dtypeName())});
    if (!view.readable()) {
        if (const auto problem = view.problem())
            return Failure(checkpoint->findings()[problem->index()].what);
        return fail(rules::DataUnreadable, {state->name, std::string("a finding stands against it")});
    }
    const auto elements = checkedProduct(view.shape());
    const auto bytes = elements ? packedBytes(view.dtype(), *elements) : std::nullopt;
    if (!bytes)
        return fail(rules::DataUnreadable, {state->name, std::string("its size makes no sense")});
    state->elements = *elements;
    state->bytes = *bytes;
    state->checkpoint = std::move(checkpoint);
    if (*elements != 0)
        SHARDLENS_CHECK(state->openSlices(context));
    state->arrange(context);
    return std::shared_ptr<TensorReader>(new TensorReader(std::move(state)));
}

TensorReader::TensorReader(std::unique_ptr<State> state) : m_state(std::move(state)) {}
TensorReader::~TensorReader() = default;

DType TensorReader::dtype() const {
    return m_state->dtype;
}
std::uint64_t TensorReader::elements() const {
    return m_state->elements;
}
std::uint64_t TensorReader::bytes() const {
    return m_state->bytes;
}
bool TensorReader::randomAccess() const {
    return m_state->randomAccess;
}
std::uint64_t TensorReader::preferredRange() const {
    return m_state->preferred;
}

/// The first slice that may reach up to `position`: those before it all end earlier.
std::size_t TensorReader::State::firstFor(std::uint64_t position) const {
    const auto at = std::ranges::lower_bound(lastBefore, position);
    return static_cast<std::size_t>(at - lastBefore.begin());
}

Result<void> TensorReader::read(ElementRange range, std::span<std::byte> out) const {
    const auto bits = bitsOf(m_state->dtype);
    const auto bad = [&](const char* why) {
        return fail(rules::DataBadRange, {range.begin, range.end, m_state->name, std::string(why)});
    };
    if (range.begin > range.end || range.end > m_state->elements)
        return bad("they lie outside the tensor");
    if (range.begin * bits % 8 != 0 || range.end * bits % 8 != 0)
        return bad("they begin or end inside a byte");
    if (out.size() != range.size() * bits / 8)
        return bad("the buffer has another size");
    if (range.size() == 0)
        return {};
    for (auto i = m_state->firstFor(range.begin); i < m_state->slices.size(); ++i) {
        const auto& slice = *m_state->slices[i];
        if (slice.layout().first() >= range.end)
            break;
        if (slice.layout().last() >= range.begin)
            SHARDLENS_CHECK(slice.read(range.begin, range.end, out.data()));
    }
    return {};
}

std::optional<TensorReader::Stored> TensorReader::locate(std::uint64_t element) const {
    if (element >= m_state->elements)
        return std::nullopt;
    for (auto i = m_state->firstFor(element); i < m_state->slices.size(); ++i) {
        const auto& slice = *m_state->slices[i];
        if (slice.layout().first() > element)
            break;
        if (!slice.layout().contains(element))
            continue;
        if (const auto bit = slice.bitOf(element))
            return Stored{slice.file(), *bit};
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace shardlens
