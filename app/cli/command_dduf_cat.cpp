// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command_dduf.h"
#include "app/cli/rules.h"
#include "base/escape.h"
#include "formats/dduf/archive.h"
#include "formats/zip/entry_data.h"
#include "formats/zip/rules.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace shardlens::cli {

namespace {

std::string_view asText(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class DdufCat : public Command {
public:
    std::string name() const override { return "cat"; }
    std::string about() const override { return "The bytes of one entry on standard output"; }
    void declare(CLI::App& app) override {
        app.add_option("PATH", m_path, "A .dduf archive")->required();
        app.add_option("ENTRY", m_entry, "Its name: unet/config.json")->required();
    }

    int run(Session& session) override {
        const auto archive = read(session);
        if (!archive)
            return session.failure(archive.error());
        const auto found = archive->find(m_entry);
        if (!found)
            return session.failure(
                Error{&rules::cli::NoSuchEntry, {m_entry}, {.file = m_path, .offset = {}, .item = {}}});
        const auto& entry = archive->entries()[*found];
        if (session.json())
            return writeJson(session, *archive, entry);
        const bool streams = entry.stored() && !entry.encrypted() && archive->data(*found);
        const auto copied = streams ? copy(session, *archive, *found) : decode(session, *archive, entry);
        if (!copied)
            return session.failure(copied.error(), Failed);
        return Done;
    }

private:
    Result<dduf::Archive> read(Session& session) const {
        SHARDLENS_TRY(auto source, dduf::openArchiveFile(m_path));
        return dduf::Archive::read(std::move(source), session.context());
    }

    /// In blocks; damage is known when all of it went through.
    static Result<void> copy(Session& session, const dduf::Archive& archive, std::size_t index) {
        const auto& entry = archive.entries()[index];
        const auto data = *archive.data(index);
        std::vector<std::byte> block(std::min<std::uint64_t>(data.size(), Limits::MiB));
        std::uint32_t crc = 0;
        for (auto at = data.begin; at < data.end && session.out().error() == 0;) {
            SHARDLENS_CHECK(session.context().checkStop());
            const auto part = std::span(block).first(std::min<std::uint64_t>(block.size(), data.end - at));
            SHARDLENS_CHECK(archive.source()->readAt(at, part));
            crc = zip::updateCrc(crc, part);
            session.print(asText(part));
            at += part.size();
        }
        if (crc == entry.crc32 || session.out().error() != 0)
            return {};
        return fail(rules::ZipCrcMismatch, {fmt::format("{:08x}", crc), fmt::format("{:08x}", entry.crc32)},
                    {archive.source()->name(), data.begin, std::string(entry.name)});
    }

    /// What is compressed is read whole: archives of the format hold none.
    static Result<void> decode(Session& session, const dduf::Archive& archive, const zip::Entry& entry) {
        SHARDLENS_TRY(const auto bytes, zip::readEntry(*archive.source(), archive.directory(), entry,
                                                       session.context().limits->document));
        session.print(asText(bytes));
        return {};
    }

    static int writeJson(Session& session, const dduf::Archive& archive, const zip::Entry& entry) {
        const auto bytes =
            zip::readEntry(*archive.source(), archive.directory(), entry, session.context().limits->document);
        if (!bytes)
            return session.failure(bytes.error(), Failed);
        auto json = session.beginDocument();
        json.field("name", entry.name);
        json.field("length", entry.bytes);
        json.key("text");
        isValidUtf8(asText(*bytes)) ? json.value(asText(*bytes)) : json.value(nullptr);
        json.endObject();
        return Done;
    }

    std::string m_path, m_entry;
};

} // namespace

CommandPtr makeDdufCat() {
    return std::make_unique<DdufCat>();
}

} // namespace shardlens::cli
