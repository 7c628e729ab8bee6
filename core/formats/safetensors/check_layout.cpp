// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/check_layout.h"

#include "base/checked.h"
#include "formats/safetensors/rules.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::safetensors {

namespace st = rules::safetensors;

namespace {

class LayoutCheck {
public:
    LayoutCheck(const RawHeader& raw, const std::vector<bool>& broken, FindingList& findings, Header& header)
        : m_raw(raw)
        , m_broken(broken)
        , m_findings(findings)
        , m_header(header)
        , m_dataBytes(header.data.size()) {}

    void run() {
        const auto order = sorted();
        for (const auto index : order)
            place(index);
        if (m_end > m_dataBytes)
            cutOff();
        else if (m_end < m_dataBytes)
            trailing();
    }

private:
    /// What a tensor claims: a reversed range still says which bytes are meant.
    ByteRange claim(std::uint32_t index) const {
        return {std::min(m_raw.begin[index], m_raw.end[index]),
                std::max(m_raw.begin[index], m_raw.end[index])};
    }
    std::string name(std::uint32_t index) const { return std::string(m_raw.names.at(index)); }

    std::vector<std::uint32_t> sorted() {
        std::vector<std::uint32_t> order(m_raw.count());
        std::iota(order.begin(), order.end(), std::uint32_t{0});
        if (!m_broken.empty())
            m_incomplete = std::erase_if(order, [&](std::uint32_t index) { return m_broken[index]; }) != 0;
        const auto before = [&](std::uint32_t a, std::uint32_t b) {
            return claim(a) < claim(b);
        };
        if (!std::is_sorted(order.begin(), order.end(), before)) // writers mostly keep the data's order
            std::stable_sort(order.begin(), order.end(), before);
        return order;
    }

    void place(std::uint32_t index) {
        const auto range = claim(index);
        if (range.begin > m_end)
            hole(index, {m_end, range.begin});
        else if (range.begin < m_end)
            collision(index, range);
        if (range.end > m_dataBytes)
            m_cut.push_back(index);
        if (range.end > m_end || (range.end == m_end && !range.empty())) {
            m_end = range.end;
            m_last = index;
        }
    }

    void hole(std::uint32_t index, ByteRange range) {
        addUnclaimed(range);
        if (!m_incomplete)
            m_findings.add(st::Hole, {Bytes{range.size()}, name(index), range.begin}, m_raw.offsetsAt[index],
                           name(index));
    }

    void collision(std::uint32_t index, ByteRange range) {
        if (range.empty())
            m_findings.add(st::MisplacedEmpty, {name(index), range.begin}, m_raw.offsetsAt[index],
                           name(index));
        else
            m_findings.add(st::Overlap,
                           {name(m_last), name(index), Bytes{std::min(range.end, m_end) - range.begin}},
                           m_raw.offsetsAt[index], name(index));
    }

    void cutOff() {
        std::sort(m_cut.begin(), m_cut.end());
        for (const auto index : m_cut)
            m_header.state[index] = TensorState::Broken;
        const auto expected =
            checkedAdd(m_header.data.begin, m_end).value_or(std::numeric_limits<std::uint64_t>::max());
        const auto found = m_header.data.end;
        m_findings.addAtSource(st::Truncated,
                               {Bytes{expected}, Bytes{found}, Bytes{expected - found},
                                std::uint64_t{m_cut.size()}, name(m_cut.front())},
                               found, name(m_cut.front()), m_cut);
    }

    void trailing() {
        addUnclaimed({m_end, m_dataBytes});
        if (!m_incomplete)
            m_findings.addAtSource(st::TrailingBytes, {Bytes{m_dataBytes - m_end}},
                                   m_header.data.begin + m_end);
    }

    void addUnclaimed(ByteRange range) {
        range.end = std::min(range.end, m_dataBytes);
        if (range.begin < range.end)
            m_header.unclaimed.push_back(
                {m_header.data.begin + range.begin, m_header.data.begin + range.end});
    }

    const RawHeader& m_raw;
    const std::vector<bool>& m_broken;
    FindingList& m_findings;
    Header& m_header;
    std::uint64_t m_dataBytes;
    std::uint64_t m_end = 0;          // of what came so far
    std::uint32_t m_last = 0;         // the tensor that ends there
    std::vector<std::uint32_t> m_cut; // tensors that reach past the file's end
    bool m_incomplete = false;
};

} // namespace

void checkLayout(const RawHeader& raw, const std::vector<bool>& broken, FindingList& findings,
                 Header& header) {
    LayoutCheck(raw, broken, findings, header).run();
}

} // namespace shardlens::safetensors
