// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"
#include "formats/dduf/archive.h"
#include "formats/dduf/little_view.h"
#include "formats/dduf/reader_verdicts.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::dduf {

namespace {

// The messages are those of packages/dduf (src/check-dduf.ts, src/check-filename.ts) and of the engine's views.
constexpr const char* OutOfView = "RangeError: Offset is outside the bounds of the DataView";
constexpr const char* NoFooter = "Error: DDUF footer not found in last 100kB of file";
constexpr const char* MultiDisk = "Error: Multi-disk archives not supported";

/// A reader's refusal; empty where it went on.
using Refusal = std::string;

class JsReader {
public:
    JsReader(const ByteSource& source, const JobContext& context) : m_source(source), m_context(context) {}

    Result<Refusal> run() {
        SHARDLENS_CHECK(readTail());
        if (auto refusal = readFooter(); !refusal.empty())
            return refusal;
        SHARDLENS_TRY(const auto directory, readDirectory());
        return readEntries(LittleView(directory));
    }

private:
    /// What slice(size - 100000, size) of a Blob gives: a negative beginning counts from the end.
    Result<void> readTail() {
        constexpr std::uint64_t wanted = 100'000;
        const auto size = m_source.size();
        if (size >= wanted)
            m_tailBegin = size - wanted;
        else
            m_tailBegin = size >= wanted - size ? 2 * size - wanted : 0;
        m_tail.resize(size - m_tailBegin);
        return m_source.readAt(m_tailBegin, m_tail);
    }

    Refusal readFooter() {
        const LittleView tail(m_tail);
        if (m_tail.size() < 22)
            return NoFooter;
        auto index = m_tail.size() - 22;
        while (*tail.u32(index) != 0x06054b50)
            if (index-- == 0)
                return NoFooter;
        const auto disk = *tail.u16(index + 4);
        if (disk != 0 && disk != 0xffff)
            return MultiDisk;
        m_count = *tail.u16(index + 10);
        m_directoryBytes = *tail.u32(index + 12);
        m_directoryOffset = *tail.u32(index + 16);
        return m_directoryOffset == 0xffffffff ? readZip64(index) : Refusal();
    }

    Refusal readZip64(std::size_t index) {
        const LittleView tail(m_tail);
        bool found = false;
        if (index >= 20)
            for (index -= 20;; --index) {
                found = *tail.u32(index) == 0x07064b50;
                if (found || index == 0)
                    break;
            }
        if (!found)
            return "Error: Zip64 footer not found in last 100kB of file";
        const auto disk = tail.u32(index + 4);
        const auto offset = tail.u64(index + 8);
        if (!disk || !offset)
            return OutOfView;
        if (*disk != 0)
            return MultiDisk;
        if (*offset < m_tailBegin)
            return "Error: Central directory offset is outside the last 100kB of the file";
        const auto at = *offset - m_tailBegin;
        const auto signature = tail.u32(at);
        if (!signature)
            return OutOfView;
        if (*signature != 0x06064b50)
            return "Error: Invalid central directory header";
        const auto record = tail.part(at, 56);
        if (!record)
            return OutOfView;
        if (*record->u16(16) != 0 || *record->u16(20) != 0)
            return MultiDisk;
        m_directoryBytes = *record->u64(40);
        m_directoryOffset = *record->u64(48);
        m_count = *record->u64(32);
        return {};
    }

    /// A slice ends where the file ends.
    Result<std::vector<std::byte>> readDirectory() const {
        const auto begin = std::min(m_directoryOffset, m_source.size());
        const auto length = std::min(m_directoryBytes, m_source.size() - begin);
        std::vector<std::byte> bytes(std::min<std::uint64_t>(length, MaxDirectoryBytes));
        SHARDLENS_CHECK(m_source.readAt(begin, bytes));
        return bytes;
    }

    Result<Refusal> readEntries(const LittleView& directory) const {
        std::uint64_t offset = 0;
        for (std::uint64_t i = 0; i < m_count; ++i) {
            if (i % 4096 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            if (auto refusal = readEntry(directory, offset); !refusal.empty())
                return refusal;
        }
        return Refusal();
    }

    static Refusal checkName(std::string_view name) {
        const auto endsWith = [&](std::string_view ending) {
            return name.ends_with(ending);
        };
        if (!endsWith(".safetensors") && !endsWith(".json") && !endsWith(".gguf") && !endsWith(".txt") &&
            !endsWith("/"))
            return "Error: Files must have a .safetensors, .txt, .gguf or .json extension";
        if (std::ranges::count(name, '/') > 1)
            return "Error: Files must be only one level deep, not more";
        return {};
    }

    static Refusal readEntry(const LittleView& directory, std::uint64_t& offset) {
        const auto signature = directory.u32(offset);
        if (!signature)
            return OutOfView;
        if (*signature != 0x02014b50)
            return "Error: Invalid central directory file header";
        const auto record = directory.part(offset, 46);
        if (!record)
            return "Error: Unexpected end of central directory";
        if (const auto method = *record->u16(10); method != 0)
            return "Error: Unsupported compression method: " + std::to_string(method);
        const std::uint64_t nameBytes = *record->u16(28), extraBytes = *record->u16(30);
        const auto name = directory.part(offset + 46, nameBytes);
        if (!name)
            return "RangeError: Invalid typed array length: " + std::to_string(nameBytes);
        const std::string_view text(reinterpret_cast<const char*>(name->bytes().data()), nameBytes);
        if (auto refusal = checkName(text); !refusal.empty())
            return refusal;
        // It looks at the first record's disk for every entry.
        if (const auto disk = *directory.u16(34); disk != 0 && disk != 0xffff)
            return MultiDisk;
        std::uint64_t bytes = *record->u32(24), stored = *record->u32(20);
        const std::uint64_t position = *record->u32(42);
        if (bytes == 0xffffffff || stored == 0xffffffff || position == 0xffffffff) {
            const auto extra = directory.part(offset + 46 + nameBytes, extraBytes);
            if (!extra)
                return "RangeError: Invalid DataView length " + std::to_string(extraBytes);
            if (auto refusal = readExtra(*extra, bytes, stored, position); !refusal.empty())
                return refusal;
        }
        if (bytes != stored)
            return "Error: Compressed size and size differ: " + std::to_string(stored) + " vs " +
                   std::to_string(bytes);
        offset += 46 + nameBytes + extraBytes + *record->u16(32);
        return {};
    }

    static Refusal readExtra(const LittleView& extra, std::uint64_t& bytes, std::uint64_t& stored,
                             std::uint64_t position) {
        for (std::uint64_t at = 0; at < extra.size();) {
            const auto id = extra.u16(at), length = extra.u16(at + 2);
            if (!id || !length)
                return OutOfView;
            if (*id != 1) {
                at += 4 + std::uint64_t{*length};
                continue;
            }
            const auto field = extra.part(at + 4, *length);
            if (!field)
                return "RangeError: Invalid DataView length " + std::to_string(*length);
            std::uint64_t next = 0;
            for (auto* value : {&bytes, &stored, &position}) {
                if (*value != 0xffffffff)
                    continue;
                const auto wide = field->u64(next);
                if (!wide)
                    return OutOfView;
                *value = *wide;
                next += 8;
            }
            break;
        }
        return {};
    }

    const ByteSource& m_source;
    const JobContext& m_context;
    std::vector<std::byte> m_tail;
    std::uint64_t m_tailBegin = 0, m_count = 0, m_directoryBytes = 0, m_directoryOffset = 0;
};

} // namespace

Result<Verdict> judgeJs(const ByteSource& source, const JobContext& context) {
    SHARDLENS_TRY(auto refusal, JsReader(source, context).run());
    const bool opens = refusal.empty();
    return Verdict{JsName, opens, std::move(refusal)};
}

} // namespace shardlens::dduf
