// SPDX-License-Identifier: Apache-2.0
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/describe.h"
#include "app/cli/rules.h"
#include "model/value_json.h"

#include <CLI/CLI.hpp>

namespace shardlens::cli {

namespace {

class Meta : public Command {
public:
    std::string name() const override { return "meta"; }
    std::string about() const override { return "Metadata, configs, planner data, DCP objects, as JSON"; }

    void declare(CLI::App& app) override {
        m_path.declare(app);
        auto* key = app.add_option("KEY", m_key, "A metadata key, an entry's name, or a file's path");
        m_hasKey = [key] {
            return key->count() > 0;
        };
    }

    int run(Session& session) override {
        const auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint)
            return session.failure(checkpoint.error());
        if (!m_hasKey()) {
            writeAll(session, **checkpoint);
        } else {
            const auto found = find(**checkpoint);
            if (!found)
                return session.failure(found.error());
            writeOne(session, *found);
        }
        session.noteFindings(**checkpoint, m_path.path);
        return Done;
    }

private:
    /// Everything: the format's own metadata, what single files carry, and entries by name.
    static void writeAll(Session& session, const Checkpoint& checkpoint) {
        auto json = session.beginDocument();
        json.key("metadata");
        json.raw(safeJson(toJson(checkpoint.metadata(), {.indent = session.json() ? -1 : 2})));
        json.key("files");
        json.beginObject();
        for (std::uint32_t i = 0; i < checkpoint.fileCount(); ++i) {
            const auto& file = checkpoint.file(FileId(i));
            if (file.metadata.empty())
                continue;
            json.key(file.path);
            json.raw(fileMetadata(file));
        }
        json.endObject();
        json.key("values");
        json.beginArray();
        for (std::uint32_t i = 0; i < checkpoint.entryCount(); ++i)
            writeEntry(json, checkpoint, EntryId(i), false);
        json.endArray();
        json.endObject();
    }

    static std::string fileMetadata(const FileRecord& file) {
        std::string out = "{";
        for (const auto& [key, text] : file.metadata)
            out += (out.size() > 1 ? ", " : "") + jsonString(key) + ": " + jsonString(text);
        return out + "}";
    }

    /// The value of the key as JSON text: the format's metadata first, then entries, then files and their
    /// keys.
    Result<std::string> find(const Checkpoint& checkpoint) const {
        if (checkpoint.metadata().contains(m_key))
            return toJson(checkpoint.metadata().find(m_key));
        if (const auto entry = checkpoint.findEntry(m_key)) {
            SHARDLENS_TRY(const auto value, checkpoint.value(*entry));
            return toJson(value);
        }
        std::string byFile;
        for (std::uint32_t i = 0; i < checkpoint.fileCount(); ++i) {
            const auto& file = checkpoint.file(FileId(i));
            if (file.path == m_key)
                return fileMetadata(file);
            for (const auto& [key, text] : file.metadata)
                if (key == m_key)
                    byFile += (byFile.empty() ? "{" : ", ") + jsonString(file.path) + ": " + jsonString(text);
        }
        if (byFile.empty())
            return fail(rules::cli::NoSuchKey, {m_key});
        return byFile + "}";
    }

    void writeOne(Session& session, const std::string& value) const {
        if (!session.json()) {
            session.print(safeJson(value) + "\n");
            return;
        }
        auto json = session.beginDocument();
        json.field("key", m_key);
        json.key("value");
        json.raw(safeJson(value));
        json.endObject();
    }

    PathOption m_path;
    std::string m_key;
    std::function<bool()> m_hasKey;
};

} // namespace

CommandPtr makeMeta() {
    return std::make_unique<Meta>();
}

} // namespace shardlens::cli
