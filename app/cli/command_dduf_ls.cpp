// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command_dduf.h"
#include "app/cli/describe.h"
#include "app/cli/table.h"
#include "base/shell_quote.h"
#include "base/units.h"
#include "formats/dduf/archive.h"
#include "formats/dduf/verify.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <set>

namespace shardlens::cli {

namespace {

/// What was read of an archive.
struct Listed {
    dduf::Archive archive;
    Findings damaged; // of --deep
    std::set<std::string> damagedNames;
};

class DdufLs : public Command {
public:
    std::string name() const override { return "ls"; }
    std::string about() const override { return "One line an entry: where its data lies, length, CRC, name"; }
    void declare(CLI::App& app) override {
        app.add_option("PATH", m_path, "A .dduf archive")->required();
        app.add_flag("--deep", m_deep, "Read all data and say which entries have another CRC-32");
    }

    int run(Session& session) override {
        const auto listed = read(session);
        if (!listed)
            return session.failure(listed.error());
        if (session.json())
            writeJson(session, *listed);
        else
            writeText(session, *listed);
        for (const auto& finding : listed->damaged)
            session.complain(finding.what);
        const auto counts = countFindings(listed->archive.findings());
        if (counts.errors > 0)
            session.note(countsText(counts) + ": shardlens-cli dduf check " + shown(shellQuoted(m_path)));
        return listed->damaged.empty() ? Done : Differs;
    }

private:
    Result<Listed> read(Session& session) const {
        SHARDLENS_TRY(auto source, dduf::openArchiveFile(m_path));
        SHARDLENS_TRY(auto archive, dduf::Archive::read(std::move(source), session.context()));
        Listed out{std::move(archive), {}, {}};
        if (m_deep) {
            SHARDLENS_TRY(out.damaged, session.withProgress([&] {
                return dduf::verifyArchive(out.archive, session.context());
            }));
            for (const auto& finding : out.damaged)
                out.damagedNames.insert(finding.what.where.item);
        }
        return out;
    }

    void writeJson(Session& session, const Listed& listed) const {
        auto json = session.beginDocument();
        json.key("entries");
        json.beginArray();
        const auto& entries = listed.archive.entries();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto data = listed.archive.data(i);
            json.beginObject();
            json.field("name", entries[i].name);
            json.field("offset", data ? std::optional(data->begin) : std::nullopt);
            json.field("length", entries[i].bytes);
            json.field("crc32", entries[i].crc32);
            if (!entries[i].stored())
                json.field("stored", entries[i].compressedBytes);
            if (m_deep)
                json.field("intact", !listed.damagedNames.contains(std::string(entries[i].name)));
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    void writeText(Session& session, const Listed& listed) const {
        using Align = Table::Align;
        std::vector<std::vector<std::string>> rows;
        const auto& entries = listed.archive.entries();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto data = listed.archive.data(i);
            rows.push_back(
                {data ? std::to_string(data->begin) : std::string("?"), formatBytes(entries[i].bytes),
                 fmt::format("{:08x}", entries[i].crc32),
                 shown(entries[i].name) +
                     (listed.damagedNames.contains(std::string(entries[i].name)) ? "  damaged" : "")});
        }
        Table({{"offset", Align::Right, Ink::Faint},
               {"length", Align::Right, Ink::Plain},
               {"crc32", Align::Left, Ink::Faint},
               {"name", Align::Left, Ink::Bold}})
            .print(session.out(), session.style(), rows);
    }

    std::string m_path;
    bool m_deep = false;
};

} // namespace

CommandPtr makeDdufLs() {
    return std::make_unique<DdufLs>();
}

} // namespace shardlens::cli
