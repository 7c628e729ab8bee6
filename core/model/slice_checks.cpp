// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"
#include "base/units.h"
#include "model/box_text.h"
#include "model/builder_data.h"
#include "model/coverage.h"
#include "model/rules.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace shardlens {

namespace {

/// Up to so many tensors with holes get a finding each, with the place; more have one cause and share one.
constexpr std::size_t MaxMissingFindings = 8;
/// Tensors between two looks at the stop token.
constexpr std::size_t StopInterval = 4096;

class SliceChecks {
public:
    explicit SliceChecks(BuilderData& data) : m_data(data), m_known(data.tensorCount(), false) {
        for (const auto& finding : data.findings)
            if (finding.severity() == Severity::Error)
                for (const auto tensor : finding.tensors)
                    if (tensor.index() < m_known.size())
                        m_known[tensor.index()] = true;
    }

    Result<void> run() {
        // Few tensors are checked in less time than a stage could be read.
        const bool large = m_data.tensorCount() > StopInterval;
        if (large)
            m_data.context.begin("checking slices", m_data.tensorCount(), false);
        for (std::size_t tensor = 0; tensor < m_data.tensorCount(); ++tensor) {
            if (tensor % StopInterval == 0) {
                SHARDLENS_CHECK(m_data.context.checkStop());
                m_data.context.add(large && tensor > 0 ? StopInterval : 0);
            }
            checkTensor(tensor);
        }
        reportMissing();
        reportUncountable();
        checkStored();
        return m_data.context.checkStop();
    }

private:
    struct Hole {
        TensorId tensor;
        std::uint64_t elements = 0;
        CoverageProblems::Named first;
    };

    std::string nameOf(TensorId tensor) const { return std::string(m_data.tensors.names.at(tensor.index())); }

    void add(const Rule& rule, Args args, std::vector<TensorId> tensors, std::string file = {},
             std::optional<std::uint64_t> offset = {}, Subject subject = {}) {
        if (tensors.size() == 1 && subject.kind == Subject::Kind::Checkpoint)
            subject = {Subject::Kind::Tensor, tensors[0].value()};
        std::string item = tensors.size() == 1 ? nameOf(tensors[0]) : std::string();
        m_data.findings.push_back({{&rule, std::move(args), {std::move(file), offset, std::move(item)}},
                                   subject,
                                   std::move(tensors)});
    }

    void checkTensor(std::size_t tensor) {
        const auto shape = m_data.shape(tensor);
        const TensorId id(tensor);
        if (!checkedProduct(shape)) {
            if (!m_known[tensor])
                m_uncountable.push_back(id);
            return;
        }
        const auto first = m_data.tensors.firstSlice[tensor];
        const auto last = m_data.tensors.firstSlice[tensor + 1];
        if (last - first == 1 && m_data.slices.box[first] == SliceColumns::WholeBox)
            return;
        m_boxes.clear();
        for (auto slice = first; slice < last; ++slice)
            m_boxes.push_back(m_data.box(slice));
        // Whoever said that this tensor cannot be read also knows why it has no slices.
        if (m_boxes.empty() && m_known[tensor])
            return;
        auto problems = checkCoverage(shape, m_boxes);
        if (!problems.complete())
            report(id, shape, std::move(problems));
    }

    void report(TensorId tensor, DimsView shape, CoverageProblems problems) {
        if (!problems.outOfBounds.empty()) {
            const auto& box = m_boxes[problems.outOfBounds.front()];
            add(rules::SliceOutOfBounds,
                {nameOf(tensor), formatBox(box.offset, box.size), formatShape(shape)}, {tensor});
            return; // holes would only say the same again
        }
        if (!problems.overlaps.empty()) {
            const auto& [a, b] = problems.overlaps.front();
            const auto [offset, size] = common(m_boxes[a], m_boxes[b]);
            add(rules::SlicesOverlap, {nameOf(tensor), formatBox(offset, size)}, {tensor});
        }
        if (problems.missingElements > 0)
            m_holes.push_back({tensor, problems.missingElements, std::move(problems.holes.front())});
    }

    static std::pair<Dims, Dims> common(const Box& a, const Box& b) {
        std::pair<Dims, Dims> out;
        for (std::size_t d = 0; d < a.offset.size(); ++d) {
            const auto begin = std::max(a.offset[d], b.offset[d]);
            const auto end = std::min(a.offset[d] + a.size[d], b.offset[d] + b.size[d]);
            out.first.push_back(begin);
            out.second.push_back(end - begin);
        }
        return out;
    }

    void reportMissing() {
        if (m_holes.size() <= MaxMissingFindings) {
            for (const auto& hole : m_holes)
                add(rules::SlicesMissing,
                    {hole.elements, nameOf(hole.tensor), formatBox(hole.first.offset, hole.first.size)},
                    {hole.tensor});
            return;
        }
        std::vector<TensorId> tensors;
        for (const auto& hole : m_holes)
            tensors.push_back(hole.tensor);
        const auto& first = m_holes.front();
        add(rules::SlicesMissingInMany,
            {std::uint64_t{m_holes.size()}, nameOf(first.tensor),
             formatBox(first.first.offset, first.first.size)},
            std::move(tensors));
    }

    void reportUncountable() {
        if (m_uncountable.empty())
            return;
        const auto first = m_uncountable.front();
        add(rules::TooManyElements,
            {std::uint64_t{m_uncountable.size()}, nameOf(first), formatShape(m_data.shape(first.index()))},
            m_uncountable);
    }

    struct PastEnd {
        std::vector<TensorId> tensors;
        std::uint64_t end = 0;
        std::uint64_t firstByte = std::numeric_limits<std::uint64_t>::max();
    };

    /// One finding a file, however many tensors lie past its end; one for all slices without bytes.
    void checkStored() {
        std::map<FileId, PastEnd> pastEnd;
        std::vector<TensorId> withoutBytes;
        std::uint64_t slicesWithoutBytes = 0;
        const auto& slices = m_data.slices;
        const auto append = [](std::vector<TensorId>& list, TensorId tensor) {
            if (list.empty() || list.back() != tensor)
                list.push_back(tensor);
        };
        for (std::size_t i = 0; i < m_data.sliceCount(); ++i) {
            const TensorId tensor(slices.tensor[i]);
            const auto file = slices.file[i];
            if (!file.valid()) {
                if (holdsElements(i)) {
                    ++slicesWithoutBytes;
                    append(withoutBytes, tensor);
                }
            } else if (const auto& record = m_data.files[file.index()];
                       !record.missing && slices.end[i] > record.bytes && !m_known[tensor.index()]) {
                auto& cause = pastEnd[file];
                append(cause.tensors, tensor);
                cause.end = std::max(cause.end, slices.end[i]);
                cause.firstByte = std::min(cause.firstByte, slices.begin[i]);
            }
        }
        if (slicesWithoutBytes > 0)
            add(rules::SliceWithoutBytes, {slicesWithoutBytes}, std::move(withoutBytes));
        for (auto& [file, cause] : pastEnd) {
            const auto& record = m_data.files[file.index()];
            const std::uint64_t count = cause.tensors.size();
            add(rules::SlicePastEnd, {count, Bytes{cause.end - record.bytes}}, std::move(cause.tensors),
                record.path, cause.firstByte, {Subject::Kind::File, file.value()});
        }
    }

    bool holdsElements(std::size_t slice) const {
        const auto size = m_data.box(slice).size;
        return std::find(size.begin(), size.end(), 0u) == size.end();
    }

    BuilderData& m_data;
    std::vector<bool> m_known; // tensors that an error was already reported for
    std::vector<Box> m_boxes;  // of one tensor, kept for its memory
    std::vector<Hole> m_holes;
    std::vector<TensorId> m_uncountable;
};

} // namespace

Result<void> checkSlices(BuilderData& data) {
    return SliceChecks(data).run();
}

} // namespace shardlens
