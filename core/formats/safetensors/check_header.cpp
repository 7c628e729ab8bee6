// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/check_header.h"

#include "base/checked.h"
#include "formats/safetensors/check_layout.h"
#include "formats/safetensors/drop_repeated.h"
#include "formats/safetensors/rules.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::safetensors {

namespace st = rules::safetensors;

namespace {

class HeaderCheck {
public:
    HeaderCheck(const RawHeader& raw, FindingList& findings, Header& header)
        : m_raw(raw)
        , m_findings(findings)
        , m_header(header) {}

    void run() {
        const auto count = m_raw.count();
        m_header.state.assign(count, TensorState::Sound);
        std::vector<bool> broken;
        if (!m_raw.broken.empty())
            broken.resize(count);
        for (const auto index : m_raw.broken) {
            broken[index] = true;
            m_header.state[index] = TensorState::Broken;
        }
        for (std::uint32_t index = 0; index < count; ++index)
            if (m_header.state[index] == TensorState::Sound)
                m_header.state[index] = checkTensor(index);
        reportUnknownDTypes();
        reportUnknownFields();
        checkLayout(m_raw, broken, m_findings, m_header);
        checkMetadata();
    }

private:
    std::string name(std::uint32_t index) const { return std::string(m_raw.names.at(index)); }
    DimsView shape(std::uint32_t index) const {
        const auto first = index == 0 ? 0 : m_raw.dimsEnd[index - 1];
        return DimsView(m_raw.dims).subspan(first, m_raw.dimsEnd[index] - first);
    }

    TensorState bad(const Rule& rule, std::uint32_t index, Args args, std::uint32_t at) {
        args.insert(args.begin(), name(index));
        m_findings.add(rule, std::move(args), at, name(index), {index});
        return TensorState::Broken;
    }

    TensorState checkTensor(std::uint32_t index) {
        const auto begin = m_raw.begin[index], end = m_raw.end[index];
        if (end < begin) [[unlikely]]
            return bad(st::OffsetsReversed, index, {begin, end}, m_raw.offsetsAt[index]);
        const auto dtype = m_raw.dtype[index];
        if (dtype == DType::Unknown) [[unlikely]] {
            m_unknown[m_raw.unknownDTypes.at(index)].push_back(index);
            return TensorState::UnknownDType;
        }
        const auto elements = checkedProduct(shape(index));
        if (!elements) [[unlikely]]
            return bad(st::ShapeOverflow, index, {}, m_raw.shapeAt[index]);
        const auto bytes = packedBytes(dtype, *elements);
        if (bytes == end - begin) [[likely]]
            return TensorState::Sound;
        if (bytes)
            return bad(st::SizeMismatch, index, {Bytes{*bytes}, Bytes{end - begin}}, m_raw.offsetsAt[index]);
        if (const auto bits = checkedMul(*elements, std::uint64_t{bitsOf(dtype)}); bits && *bits % 8 != 0)
            return bad(st::SubByte, index, {*elements, std::string(shardlens::name(dtype))},
                       m_raw.shapeAt[index]);
        return bad(st::ShapeOverflow, index, {}, m_raw.shapeAt[index]);
    }

    void reportUnknownDTypes() {
        for (const auto& [text, tensors] : m_unknown) {
            const auto first = tensors.front();
            m_findings.add(st::UnknownDType, {std::uint64_t{tensors.size()}, name(first), text},
                           m_raw.dtypeAt[first], name(first), tensors);
        }
    }

    void reportUnknownFields() {
        if (m_raw.unknownFields.empty())
            return;
        std::vector<std::uint32_t> tensors;
        for (const auto& [index, fact] : m_raw.unknownFields)
            tensors.push_back(index);
        tensors.erase(std::unique(tensors.begin(), tensors.end()), tensors.end());
        const auto first = tensors.front();
        m_findings.add(st::UnknownField,
                       {std::uint64_t{tensors.size()}, m_raw.unknownFields.front().second.first},
                       m_raw.nameAt[first], name(first), tensors);
    }

    /// Of a key that stands more than once every value is kept to be shown; findMetadata takes the last.
    void checkMetadata() {
        const auto& pairs = m_raw.metadata;
        std::vector<std::uint32_t> order(pairs.size());
        std::iota(order.begin(), order.end(), std::uint32_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return pairs[a].first < pairs[b].first; });
        for (std::size_t i = 1; i < order.size(); ++i)
            if (const auto& key = pairs[order[i]].first; key == pairs[order[i - 1]].first)
                m_findings.add(st::RepeatedMetadataKey, {key}, m_raw.metadataAt[order[i]], key);
    }

    const RawHeader& m_raw;
    FindingList& m_findings;
    Header& m_header;
    std::map<std::string, std::vector<std::uint32_t>> m_unknown;
};

} // namespace

void checkHeader(RawHeader&& raw, FindingList&& findings, Header& header) {
    dropRepeated(raw, findings);
    HeaderCheck(raw, findings, header).run();
    header.begin = std::move(raw.begin);
    header.end = std::move(raw.end);
    for (std::size_t index = 0; index < header.state.size(); ++index) { // of broken ones nothing may be read
        const bool there = header.state[index] != TensorState::Broken;
        header.begin[index] = there ? header.data.begin + header.begin[index] : 0;
        header.end[index] = there ? header.data.begin + header.end[index] : 0;
    }
    header.names = std::move(raw.names);
    header.dtype = std::move(raw.dtype);
    header.unknownDTypes = std::move(raw.unknownDTypes);
    header.dims = std::move(raw.dims);
    header.dimsEnd = std::move(raw.dimsEnd);
    header.nameAt = std::move(raw.nameAt);
    header.metadata = std::move(raw.metadata);
    header.hasMetadata = raw.hasMetadata;
    header.unknownFields = std::move(raw.unknownFields);
    header.findings = std::move(findings.items());
}

} // namespace shardlens::safetensors
