// SPDX-License-Identifier: Apache-2.0
#include "support/zip_maker.h"

#include "formats/zip/entry_data.h"

#include <cstring>
#include <span>

namespace shardlens::test {

namespace {

class Writer {
public:
    void u16(std::uint64_t value) { put(value, 2); }
    void u32(std::uint64_t value) { put(value, 4); }
    void u64(std::uint64_t value) { put(value, 8); }
    void text(const std::string& text) { m_out += text; }
    std::string& out() { return m_out; }

private:
    void put(std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            m_out += static_cast<char>(value >> (8 * i));
    }
    std::string m_out;
};

struct Placed {
    std::uint64_t offset;
    std::uint32_t crc;
};

std::uint32_t crcOf(const ZipMakerEntry& entry) {
    const auto crc = zip::updateCrc(0, std::as_bytes(std::span(entry.data)));
    return static_cast<std::uint32_t>(crc + entry.crcDelta);
}

Placed writeLocal(Writer& to, const ZipMakerEntry& entry) {
    const Placed placed{to.out().size(), crcOf(entry)};
    const auto& name = entry.localName.empty() ? entry.name : entry.localName;
    const std::size_t extra = (entry.zip64Sizes ? 20 : 0) + (entry.padding > 0 ? 4 + entry.padding : 0);
    to.u32(0x04034b50);
    to.u16(entry.zip64Sizes ? 45 : 20);
    to.u16(entry.flags | (entry.descriptor ? 8 : 0));
    to.u16(entry.method);
    to.u32(0x00210000);
    to.u32(entry.descriptor ? 0 : placed.crc);
    for (int i = 0; i < 2; ++i)
        to.u32(entry.descriptor ? 0 : entry.zip64Sizes ? 0xffffffff : entry.data.size());
    to.u16(name.size());
    to.u16(extra);
    to.text(name);
    if (entry.zip64Sizes) {
        to.u16(1);
        to.u16(16);
        to.u64(entry.data.size());
        to.u64(entry.data.size());
    }
    if (entry.padding > 0) {
        to.u16(0x4246);
        to.u16(entry.padding);
        to.text(std::string(entry.padding, 'Z'));
    }
    to.text(entry.data);
    if (entry.descriptor) {
        to.u32(0x08074b50);
        to.u32(placed.crc);
        to.u32(entry.data.size());
        to.u32(entry.data.size());
    }
    return placed;
}

void writeCentral(Writer& to, const ZipMakerEntry& entry, const Placed& placed) {
    const auto bytes = entry.centralBytes != 0 ? entry.centralBytes : entry.data.size();
    const bool wide = entry.zip64Sizes || bytes >= 0xffffffff;
    to.u32(0x02014b50);
    to.u16((entry.mode != 0 ? 3 << 8 : 0) | 20);
    to.u16(wide ? 45 : 20);
    to.u16(entry.flags | (entry.descriptor ? 8 : 0));
    to.u16(entry.method);
    to.u32(0x00210000);
    to.u32(placed.crc);
    to.u32(wide ? 0xffffffff : bytes);
    to.u32(wide ? 0xffffffff : bytes);
    to.u16(entry.name.size());
    to.u16(wide ? 20 : 0);
    to.u16(0);
    to.u16(0);
    to.u16(0);
    to.u32(std::uint64_t{entry.mode} << 16);
    to.u32(entry.centralOffset != 0 ? entry.centralOffset : placed.offset);
    to.text(entry.name);
    if (wide) {
        to.u16(1);
        to.u16(16);
        to.u64(bytes);
        to.u64(bytes);
    }
}

void writeEnd(Writer& to, std::uint64_t directory, std::uint64_t count, const ZipMakerOptions& options) {
    const auto end = to.out().size();
    count += static_cast<std::uint64_t>(options.countDelta);
    if (options.zip64End) {
        to.u32(0x06064b50);
        to.u64(44);
        to.u16(45);
        to.u16(45);
        to.u32(0);
        to.u32(0);
        to.u64(count);
        to.u64(count);
        to.u64(end - directory);
        to.u64(directory);
        to.u32(0x07064b50);
        to.u32(0);
        to.u64(end);
        to.u32(1);
    }
    to.u32(0x06054b50);
    to.u16(options.disk);
    to.u16(options.disk);
    to.u16(options.zip64End ? 0xffff : count);
    to.u16(options.zip64End ? 0xffff : count);
    to.u32(options.zip64End ? 0xffffffff : end - directory);
    to.u32(options.zip64End ? 0xffffffff : directory);
    to.u16(options.comment.size());
    to.text(options.comment);
}

} // namespace

std::vector<std::byte> makeZip(const std::vector<ZipMakerEntry>& entries, const ZipMakerOptions& options) {
    Writer writer;
    std::vector<Placed> placed;
    for (const auto& entry : entries)
        placed.push_back(writeLocal(writer, entry));
    const auto directory = writer.out().size();
    for (std::size_t i = 0; i < entries.size(); ++i)
        writeCentral(writer, entries[i], placed[i]);
    writeEnd(writer, directory, entries.size(), options);
    const auto all = options.prepended + writer.out() + options.trailing;
    std::vector<std::byte> bytes(all.size());
    std::memcpy(bytes.data(), all.data(), all.size());
    return bytes;
}

} // namespace shardlens::test
