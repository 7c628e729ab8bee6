// SPDX-License-Identifier: Apache-2.0
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/describe.h"
#include "base/escape.h"
#include "base/units.h"
#include "model/value_json.h"

#include <fmt/format.h>

#include <map>

namespace shardlens::cli {

namespace {

/// How many tensors have each dtype, by the name that the files use.
std::map<std::string, std::uint64_t> countDTypes(const Checkpoint& checkpoint) {
    std::map<std::string, std::uint64_t> out;
    for (std::uint32_t i = 0; i < checkpoint.tensorCount(); ++i)
        ++out[std::string(checkpoint.tensor(TensorId(i)).dtypeName())];
    return out;
}

std::uint64_t fileBytes(const Checkpoint& checkpoint) {
    std::uint64_t bytes = 0;
    for (std::uint32_t i = 0; i < checkpoint.fileCount(); ++i)
        bytes += checkpoint.file(FileId(i)).bytes;
    return bytes;
}

class Info : public Command {
public:
    std::string name() const override { return "info"; }
    std::string about() const override {
        return "What it is: format, files, tensors, parameters, bytes, dtypes, writer, findings";
    }
    void declare(CLI::App& app) override { m_path.declare(app); }

    int run(Session& session) override {
        const auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint)
            return session.failure(checkpoint.error());
        if (session.json())
            writeJson(session, **checkpoint);
        else
            writeText(session, **checkpoint);
        session.noteFindings(**checkpoint, m_path.path);
        return Done;
    }

private:
    void writeJson(Session& session, const Checkpoint& checkpoint) const {
        const auto& facts = checkpoint.facts();
        auto json = session.beginDocument();
        json.field("path", m_path.path);
        json.field("format", formatId(checkpoint.format()));
        json.key("writer");
        facts.writer.empty() ? json.value(nullptr) : json.value(std::string_view(facts.writer));
        json.field("part", facts.part);
        json.field("parts", facts.otherParts);
        json.field("variant", facts.variant);
        json.field("variants", facts.otherVariants);
        json.key("files");
        json.beginArray();
        for (std::uint32_t i = 0; i < checkpoint.fileCount(); ++i) {
            const auto& file = checkpoint.file(FileId(i));
            json.beginObject();
            json.field("path", file.path);
            json.field("bytes", file.bytes);
            if (file.missing)
                json.field("missing", true);
            json.endObject();
        }
        json.endArray();
        json.field("tensors", checkpoint.tensorCount());
        json.field("values", checkpoint.entryCount());
        json.field("parameters", checkpoint.parameters());
        json.field("bytes", checkpoint.bytes());
        json.key("dtypes");
        json.beginObject();
        for (const auto& [name, count] : countDTypes(checkpoint))
            json.field(name, count);
        json.endObject();
        json.key("metadata");
        json.raw(safeJson(toJson(checkpoint.metadata(), {.indent = -1})));
        const auto counts = countFindings(checkpoint.findings());
        json.key("findings");
        json.beginObject();
        json.field("error", counts.errors);
        json.field("warning", counts.warnings);
        json.field("info", counts.infos);
        json.endObject();
        json.endObject();
    }

    void line(Session& session, std::string_view label, const std::string& text) const {
        if (!text.empty())
            session.print(session.paint(Ink::Faint, fmt::format("{:<12}", label)) + text + "\n");
    }

    void writeText(Session& session, const Checkpoint& checkpoint) const {
        const auto& facts = checkpoint.facts();
        line(session, "path", shown(m_path.path));
        line(session, "format",
             fmt::format("{} ({})", formatTitle(checkpoint.format()), formatId(checkpoint.format())));
        line(session, "writer", shown(facts.writer));
        line(session, "part", shown(facts.part));
        line(session, "variant", shown(facts.variant));
        for (const auto& [label, text] : facts.more)
            line(session, shown(label), shown(text));
        line(
            session, "files",
            fmt::format("{}, {}", formatGrouped(checkpoint.fileCount()), formatBytes(fileBytes(checkpoint))));
        line(session, "tensors", formatGrouped(checkpoint.tensorCount()));
        if (checkpoint.entryCount() > 0)
            line(session, "values", formatGrouped(checkpoint.entryCount()));
        line(session, "parameters",
             fmt::format("{} ({})", formatCount(checkpoint.parameters()),
                         formatGrouped(checkpoint.parameters())));
        line(session, "bytes",
             fmt::format("{} ({})", formatBytes(checkpoint.bytes()), formatGrouped(checkpoint.bytes())));
        std::string dtypes;
        for (const auto& [name, count] : countDTypes(checkpoint))
            dtypes += fmt::format("{}{} × {}", dtypes.empty() ? "" : ", ", shown(name), formatGrouped(count));
        line(session, "dtypes", dtypes);
        if (checkpoint.metadata().size() > 0)
            line(session, "metadata", shown(toLine(checkpoint.metadata(), 400)));
        for (const auto& verdict : checkpoint.verdicts())
            line(session, verdict.opens ? "opens in" : "refused by",
                 shown(verdict.reader) + (verdict.reason.empty() ? "" : ": " + shown(verdict.reason)));
        const auto counts = countFindings(checkpoint.findings());
        const auto part = [&](std::uint64_t count, const char* thing, Ink ink) {
            const auto text = fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
            return count > 0 ? session.paint(ink, text) : session.paint(Ink::Faint, text);
        };
        line(session, "findings",
             part(counts.errors, "error", Ink::Red) + ", " + part(counts.warnings, "warning", Ink::Yellow) +
                 ", " + part(counts.infos, "note", Ink::Blue));
    }

    PathOption m_path;
};

} // namespace

CommandPtr makeInfo() {
    return std::make_unique<Info>();
}

} // namespace shardlens::cli
