// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command_dduf.h"
#include "app/cli/describe.h"
#include "app/cli/findings_text.h"
#include "formats/dduf/check.h"

#include <CLI/CLI.hpp>

namespace shardlens::cli {

namespace {

class DdufCheck : public Command {
public:
    std::string name() const override { return "check"; }
    std::string about() const override {
        return "Is the archive sound, and would huggingface_hub and huggingface.js open it";
    }
    void declare(CLI::App& app) override {
        app.add_option("PATH", m_path, "A .dduf archive")->required();
        app.add_flag("--deep", m_deep, "Read all data and compare the CRC-32 of every entry");
    }

    int run(Session& session) override {
        const auto check =
            session.withProgress([&] { return dduf::checkArchive(m_path, m_deep, session.context()); });
        if (!check)
            return session.failure(check.error());
        if (session.json())
            writeJson(session, *check);
        else
            writeText(session, *check);
        return check->refused() ? Differs : Done;
    }

private:
    static const char* verdictOf(const dduf::ArchiveCheck& check) {
        return check.refused() ? "refused" : "ok";
    }

    static void writeJson(Session& session, const dduf::ArchiveCheck& check) {
        auto json = session.beginDocument();
        json.field("verdict", verdictOf(check));
        writeFindings(json, check.findings);
        json.key("readers");
        json.beginObject();
        for (const auto& reader : check.readers) {
            json.key(reader.reader);
            json.beginObject();
            json.field("opens", reader.opens);
            json.key("reason");
            reader.reason.empty() ? json.value(nullptr) : json.value(std::string_view(reader.reason));
            json.endObject();
        }
        json.endObject();
        json.endObject();
    }

    void writeText(Session& session, const dduf::ArchiveCheck& check) const {
        printFindings(session, check.findings);
        const auto line = [&](bool good, const std::string& who, const std::string& text) {
            session.print(session.paint(Ink::Faint,
                                        who + std::string(17 - std::min<std::size_t>(16, who.size()), ' ')) +
                          session.paint(good ? Ink::Green : Ink::Red, text) + "\n");
        };
        line(!check.refused(), "Shardlens",
             check.refused() ? "refuses it: " + countsText(countFindings(check.findings))
             : m_deep        ? std::string("accepts it, every CRC is right")
                             : std::string("accepts it"));
        for (const auto& reader : check.readers)
            line(reader.opens, reader.reader,
                 reader.opens ? "opens it" : "refuses it: " + shown(reader.reason));
    }

    std::string m_path;
    bool m_deep = false;
};

} // namespace

CommandPtr makeDdufCheck() {
    return std::make_unique<DdufCheck>();
}

} // namespace shardlens::cli
