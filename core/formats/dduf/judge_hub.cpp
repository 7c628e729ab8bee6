// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"
#include "formats/dduf/archive.h"
#include "formats/dduf/entry_name.h"
#include "formats/dduf/little_view.h"
#include "formats/dduf/reader_verdicts.h"
#include "formats/json/parse.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::dduf {

namespace {

// The messages are those of CPython's zipfile and of huggingface_hub's serialization/_dduf.py.
constexpr const char* NoZip = "BadZipFile: File is not a zip file";
constexpr std::size_t EndBytes = 22, LocatorBytes = 20, End64Bytes = 56;

using Refusal = std::string;

std::string corrupted(const std::string& text) {
    return "DDUFCorruptedFileError: " + text;
}

/// What zipfile knows of an entry.
struct ZipInfo {
    std::string name;
    std::uint16_t method = 0;
    std::uint64_t bytes = 0;
    std::uint64_t stored = 0;
    std::uint64_t headerOffset = 0;
};

class HubReader {
public:
    HubReader(const ByteSource& source, const JobContext& context) : m_source(source), m_context(context) {}

    Result<Refusal> run() {
        SHARDLENS_TRY(auto refusal, findEnd());
        if (refusal.empty()) {
            SHARDLENS_TRY(refusal, readDirectory());
        }
        if (refusal.empty()) {
            SHARDLENS_TRY(refusal, readEntries());
        }
        if (refusal.empty()) {
            SHARDLENS_TRY(refusal, checkStructure());
        }
        return refusal;
    }

private:
    /// `_EndRecData`: the end record without a comment, else the last signature in the file's last 64 KiB.
    Result<Refusal> findEnd() {
        const auto size = m_source.size();
        if (size < EndBytes)
            return Refusal(NoZip);
        const auto tailBytes = std::min<std::uint64_t>(size, 65536 + EndBytes);
        std::vector<std::byte> tail(tailBytes);
        SHARDLENS_CHECK(m_source.readAt(size - tailBytes, tail));
        const LittleView view(tail);
        auto at = tailBytes - EndBytes;
        if (!(view.u32(at) == 0x06054b50U && view.u16(at + 20) == std::uint16_t{0})) {
            at = tailBytes - 4;
            while (*view.u32(at) != 0x06054b50)
                if (at-- == 0)
                    return Refusal(NoZip);
        }
        const auto record = view.part(at, EndBytes);
        if (!record)
            return Refusal(NoZip);
        m_end = size - tailBytes + at;
        m_directoryBytes = *record->u32(12);
        m_directoryOffset = *record->u32(16);
        return readZip64();
    }

    /// `_EndRecData64`: the record is expected right before its locator.
    Result<Refusal> readZip64() {
        if (m_end < LocatorBytes)
            return Refusal();
        std::array<std::byte, LocatorBytes> locatorBytes{};
        SHARDLENS_CHECK(m_source.readAt(m_end - LocatorBytes, locatorBytes));
        const LittleView locator(locatorBytes);
        if (*locator.u32(0) != 0x07064b50)
            return Refusal();
        if (*locator.u32(4) != 0 || *locator.u32(16) > 1)
            return Refusal("BadZipFile: zipfiles that span multiple disks are not supported");
        if (m_end < LocatorBytes + End64Bytes)
            return Refusal();
        std::array<std::byte, End64Bytes> recordBytes{};
        SHARDLENS_CHECK(m_source.readAt(m_end - LocatorBytes - End64Bytes, recordBytes));
        const LittleView record(recordBytes);
        if (*record.u32(0) != 0x06064b50)
            return Refusal();
        m_zip64 = true;
        m_directoryBytes = *record.u64(40);
        m_directoryOffset = *record.u64(48);
        return Refusal();
    }

    Result<Refusal> readDirectory() {
        const auto behind = m_zip64 ? LocatorBytes + End64Bytes : std::size_t{0};
        if (m_directoryBytes > m_end - behind)
            return Refusal("ValueError: negative seek value");
        m_begin = m_end - behind - m_directoryBytes;
        const auto length = m_directoryBytes;
        if (length > MaxDirectoryBytes)
            return Refusal("MemoryError: the directory is too large");
        std::vector<std::byte> bytes(length);
        SHARDLENS_CHECK(m_source.readAt(m_begin, bytes));
        const LittleView view(bytes);
        for (std::uint64_t at = 0; at < length;) {
            if (m_entries.size() % 4096 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            if (auto refusal = readRecord(view, at); !refusal.empty())
                return refusal;
        }
        return Refusal();
    }

    Refusal readRecord(const LittleView& view, std::uint64_t& at) {
        const auto record = view.part(at, 46);
        if (!record)
            return "BadZipFile: Truncated central directory";
        if (*record->u32(0) != 0x02014b50)
            return "BadZipFile: Bad magic number for central directory";
        const std::uint64_t nameBytes = *record->u16(28), extraBytes = *record->u16(30);
        ZipInfo info;
        const auto clipped = [&](std::uint64_t offset, std::uint64_t length) {
            const auto begin = std::min(offset, view.size());
            return view.bytes().subspan(begin, std::min(length, view.size() - begin));
        };
        const auto name = clipped(at + 46, nameBytes);
        info.name.assign(reinterpret_cast<const char*>(name.data()), name.size());
        if ((*record->u16(8) & 0x0800) != 0 && !isValidUtf8(info.name))
            return "UnicodeDecodeError: 'utf-8' codec can't decode the name of an entry";
        info.name.resize(std::min(info.name.size(), info.name.find('\0')));
        if (const auto version = *record->u16(6) & 0xff; version > 63)
            return "NotImplementedError: zip file version " + std::to_string(version / 10) + "." +
                   std::to_string(version % 10);
        info.method = *record->u16(10);
        info.stored = *record->u32(20);
        info.bytes = *record->u32(24);
        std::uint64_t offset = *record->u32(42);
        if (auto refusal = readExtra(LittleView(clipped(at + 46 + nameBytes, extraBytes)), info, offset);
            !refusal.empty())
            return refusal;
        info.headerOffset = placed(offset);
        m_entries.push_back(std::move(info));
        at += 46 + nameBytes + extraBytes + *record->u16(32);
        return {};
    }

    /// Data that stands before the archive shifts every offset. What leaves the file is put at its end.
    std::uint64_t placed(std::uint64_t offset) const {
        const auto sum = checkedAdd(offset, m_begin);
        if (!sum || *sum < m_directoryOffset)
            return m_source.size();
        return std::min(*sum - m_directoryOffset, m_source.size());
    }

    /// `_decodeExtra`.
    static Refusal readExtra(LittleView extra, ZipInfo& info, std::uint64_t& offset) {
        while (extra.size() >= 4) {
            const auto id = *extra.u16(0);
            const std::uint64_t length = *extra.u16(2);
            const auto field = extra.part(4, length);
            if (!field)
                return "BadZipFile: Corrupt extra field";
            std::uint64_t next = 0;
            if (id == 1)
                for (auto [value, what] :
                     {std::pair{&info.bytes, "File size"}, std::pair{&info.stored, "Compress size"},
                      std::pair{&offset, "Header offset"}}) {
                    if (*value != 0xffffffff)
                        continue;
                    const auto wide = field->u64(next);
                    if (!wide)
                        return "BadZipFile: Corrupt zip64 extra field. " + std::string(what) + " not found.";
                    *value = *wide;
                    next += 8;
                }
            extra = LittleView(extra.bytes().subspan(4 + length));
        }
        return {};
    }

    static Refusal checkName(const std::string& name) {
        const auto dot = name.rfind('.');
        const auto ending = dot == std::string::npos ? "." + name : name.substr(dot);
        const std::string invalid = corrupted("Invalid entry name in DDUF file: " + name);
        if (ending != ".json" && ending != ".model" && ending != ".safetensors" && ending != ".txt")
            return invalid;
        if (name.find('\\') != std::string::npos)
            return invalid;
        std::string_view inner = name;
        while (inner.starts_with('/'))
            inner.remove_prefix(1);
        while (inner.ends_with('/'))
            inner.remove_suffix(1);
        return std::ranges::count(inner, '/') > 1 ? invalid : Refusal();
    }

    Result<Refusal> readEntries() {
        std::uint64_t seen = 0;
        for (auto& info : m_entries) {
            if (seen++ % 1024 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            if (info.method != 0)
                return corrupted("Data must not be compressed in DDUF file.");
            if (auto refusal = checkName(info.name); !refusal.empty())
                return refusal;
            if (!rangeFits(info.headerOffset, 30, m_source.size()))
                return corrupted("Incomplete local file header.");
            m_byName[info.name] = &info; // the last one of a name wins
        }
        return Refusal();
    }

    Result<Refusal> checkStructure() {
        const auto found = m_byName.find(IndexName);
        if (found == m_byName.end())
            return corrupted("Missing required 'model_index.json' entry in DDUF file.");
        SHARDLENS_TRY(const auto text, readText(*found->second));
        if (!isValidUtf8(text))
            return Refusal("UnicodeDecodeError: 'utf-8' codec can't decode model_index.json");
        const auto document = json::parse(text, IndexName, m_context);
        if (!document)
            return Refusal("JSONDecodeError: model_index.json is no JSON");
        if (document->value.kind() != Value::Kind::Dict)
            return corrupted("Invalid 'model_index.json' content. Must be a dictionary. Got <class '" +
                             std::string(document->value.typeName()) + "'>.");
        return checkFolders(document->value);
    }

    Refusal checkFolders(const Value& index) const {
        std::set<std::string_view> keys;
        for (std::size_t i = 0; i < index.size(); ++i)
            keys.insert(index.key(i).text());
        std::map<std::string_view, bool> folders; // and whether a config is in it
        for (const auto& [name, info] : m_byName) {
            const auto slash = name.find('/');
            if (slash == std::string::npos)
                continue;
            auto& hasConfig = folders[std::string_view(name).substr(0, slash)];
            hasConfig = hasConfig || isFolderConfig(std::string_view(name).substr(slash + 1));
        }
        for (const auto& [folder, hasConfig] : folders) {
            if (!keys.contains(folder))
                return corrupted("Missing required entry '" + std::string(folder) +
                                 "' in 'model_index.json'.");
            if (!hasConfig)
                return corrupted("Missing required file in folder '" + std::string(folder) + "'.");
        }
        return {};
    }

    /// It believes the local header's lengths, and reads no further than the file goes.
    Result<std::string> readText(const ZipInfo& info) const {
        std::array<std::byte, 30> fixed{};
        SHARDLENS_CHECK(m_source.readAt(info.headerOffset, fixed));
        const LittleView header(fixed);
        const auto begin =
            std::min(info.headerOffset + 30 + *header.u16(26) + *header.u16(28), m_source.size());
        const auto length = std::min(info.bytes, m_source.size() - begin);
        std::string text(std::min<std::uint64_t>(length, 16 * Limits::MiB), '\0');
        SHARDLENS_CHECK(m_source.readAt(begin, std::as_writable_bytes(std::span(text))));
        return text;
    }

    const ByteSource& m_source;
    const JobContext& m_context;
    std::uint64_t m_end = 0, m_directoryBytes = 0, m_directoryOffset = 0;
    std::uint64_t m_begin = 0; // of the directory, where it really is
    bool m_zip64 = false;
    std::vector<ZipInfo> m_entries;
    std::map<std::string, const ZipInfo*, std::less<>> m_byName;
};

} // namespace

Result<Verdict> judgeHub(const ByteSource& source, const JobContext& context) {
    SHARDLENS_TRY(auto refusal, HubReader(source, context).run());
    const bool opens = refusal.empty();
    return Verdict{HubName, opens, std::move(refusal)};
}

Result<std::vector<Verdict>> judgeReaders(const ByteSource& source, const JobContext& context) {
    std::vector<Verdict> out;
    SHARDLENS_TRY(auto hub, judgeHub(source, context));
    out.push_back(std::move(hub));
    SHARDLENS_TRY(auto js, judgeJs(source, context));
    out.push_back(std::move(js));
    return out;
}

} // namespace shardlens::dduf
