// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/item_checks.h"

#include "base/units.h"
#include "formats/dcp/backend.h"
#include "formats/dcp/dims_reading.h"
#include "formats/dcp/item.h"
#include "formats/dcp/rules.h"
#include "io/rules.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <optional>

namespace shardlens::dcp {

namespace {

constexpr std::size_t MaxCheckedSlices = 256;
constexpr std::uint64_t MaxUnpacked = 4 * Limits::MiB; // of an item that is not laid out as torch does
constexpr std::size_t MaxItemFindings = 16;            // each names its item; more say nothing new

struct Checked {
    DType dtype = DType::Unknown;
    Dims size;
    std::optional<Error> problem;
};

class ItemChecks {
public:
    ItemChecks(Describer& describer, CheckpointBuilder& builder, const JobContext& context)
        : m_describer(describer)
        , m_builder(builder)
        , m_context(context)
        , m_slices(describer.planned())
        , m_checked(m_slices.size()) {}

    Result<void> run() {
        SHARDLENS_CHECK(parallelFor(m_context, m_slices.size(), [this](std::size_t i) { return look(i); }));
        for (std::size_t first = 0; first < m_slices.size();) {
            std::size_t last = first + 1;
            while (last < m_slices.size() && m_slices[last].tensor == m_slices[first].tensor)
                ++last;
            settle(first, last);
            first = last;
        }
        return {};
    }

private:
    Dims sizeOf(const PlannedSlice& slice) const {
        Dims size;
        readDims(*m_describer.metadata()[slice.metadata].pickle, slice.size, slice.lastTimes, size);
        return size;
    }

    std::string placeText(const PlannedSlice& slice) const {
        Dims offset;
        readDims(*m_describer.metadata()[slice.metadata].pickle, slice.offset, slice.lastTimes, offset);
        return offsetText(offset);
    }

    Result<void> look(std::size_t index) {
        const PlannedSlice& slice = m_slices[index];
        const Dims size = sizeOf(slice);
        if (slice.item == nullptr || slice.item->unknownTransform || slice.dtype == DType::Unknown ||
            checkedProduct(size).value_or(0) == 0)
            return {};
        const FileTable::File& file = m_describer.files().at(slice.item->file);
        if (file.source == nullptr)
            return {};
        if (const SafetensorsPart* part = m_describer.part(slice.item->file)) {
            Dims offset;
            readDims(*m_describer.metadata()[slice.metadata].pickle, slice.offset, slice.lastTimes, offset);
            if (const auto found = part->find(m_builder.name(slice.tensor), offset, size))
                m_checked[index] = Checked{part->header().dtype[*found], size, {}};
            return {};
        }
        if (slice.item->range.end > file.bytes)
            return {}; // the builder reports what lies past the end
        const ItemPlace place{file.source, slice.item->range, slice.item->layers};
        JobContext context = m_context;
        context.memory = MaxUnpacked;
        auto item = readTensorItem(place, context);
        if (!item && item.error().rule == &rules::TooLarge)
            return {}; // whoever reads the tensor has the memory for it
        if (item) {
            m_checked[index] = Checked{item->recipe.dtype, std::move(item->recipe.shape), {}};
        } else if (m_context.stopped()) {
            return m_context.checkStop();
        } else {
            const std::string name(m_builder.name(slice.tensor));
            m_checked[index] = Checked{DType::Unknown, {}, inFile(std::move(item).error(), place, name)};
        }
        return {};
    }

    void settle(std::size_t first, std::size_t last) {
        std::vector<DType> dtypes;
        for (std::size_t i = first; i < last; ++i) {
            if (!m_checked[i])
                continue;
            const Checked& checked = *m_checked[i];
            if (checked.problem) {
                reportUnreadable(m_slices[i], *checked.problem);
            } else if (checked.size != sizeOf(m_slices[i])) {
                reportSize(m_slices[i], checked.size);
            } else if (std::ranges::find(dtypes, checked.dtype) == dtypes.end()) {
                dtypes.push_back(checked.dtype);
            }
        }
        if (!dtypes.empty())
            settleDType(first, last, dtypes);
    }

    void settleDType(std::size_t first, std::size_t last, const std::vector<DType>& dtypes) {
        const TensorId tensor = m_slices[first].tensor;
        const DType stated = m_builder.dtype(tensor);
        const std::string tensorName(m_builder.name(tensor));
        Location where;
        where.item = tensorName;
        const Subject subject{Subject::Kind::Tensor, tensor.value()};
        if (dtypes.size() > 1) {
            m_builder.addFinding(rules::dcp::DTypesMixed,
                                 {tensorName, std::string(name(dtypes[0])), std::string(name(dtypes[1]))},
                                 where, subject, {tensor});
        } else if (dtypes[0] != stated) {
            m_builder.addFinding(rules::dcp::DTypeDiffers,
                                 {tensorName, std::string(name(dtypes[0])), std::string(name(stated))}, where,
                                 subject, {tensor});
            m_builder.setDType(tensor, dtypes[0]);
            for (std::size_t i = first; i < last; ++i)
                m_slices[i].dtype = dtypes[0];
        }
    }

    void reportSize(const PlannedSlice& slice, const Dims& size) {
        const std::string tensorName(m_builder.name(slice.tensor));
        Location where;
        where.file = m_describer.files().at(slice.item->file).path;
        where.offset = slice.item->range.begin;
        where.item = tensorName;
        m_builder.addFinding(rules::dcp::SizeDiffers,
                             {tensorName, placeText(slice), formatShape(size), formatShape(sizeOf(slice))},
                             where, {Subject::Kind::Tensor, slice.tensor.value()}, {slice.tensor});
    }

    void reportUnreadable(const PlannedSlice& slice, const Error& problem) {
        if (m_unreadable++ >= MaxItemFindings)
            return;
        m_builder.addFinding(rules::dcp::ItemUnreadable,
                             {std::string(m_builder.name(slice.tensor)), placeText(slice), message(problem)},
                             problem.where, {Subject::Kind::Tensor, slice.tensor.value()}, {slice.tensor});
    }

    Describer& m_describer;
    CheckpointBuilder& m_builder;
    const JobContext& m_context;
    std::vector<PlannedSlice>& m_slices;
    std::vector<std::optional<Checked>> m_checked;
    std::size_t m_unreadable = 0;
};

} // namespace

Result<void> checkItems(Describer& describer, CheckpointBuilder& builder, const JobContext& context) {
    if (describer.planned().size() > MaxCheckedSlices)
        return {};
    return ItemChecks(describer, builder, context).run();
}

} // namespace shardlens::dcp
