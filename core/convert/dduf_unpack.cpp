// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_unpack.h"

#include "convert/command_text.h"
#include "convert/dduf_rules.h"
#include "convert/publish_plan.h"
#include "convert/verify.h"
#include "formats/dduf/archive.h"
#include "formats/dduf/rules.h"
#include "formats/safetensors/header.h"
#include "formats/zip/rules.h"
#include "io/byte_source.h"
#include "jobs/parallel_for.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace shardlens::convert {

namespace {

/// Rules that an archive can break and still be unpacked to what its writer meant.
constexpr std::array<const Rule*, 6> Harmless{&rules::dduf::EntryType,     &rules::dduf::FolderEntry,
                                              &rules::dduf::IndexMissing,  &rules::dduf::IndexNotObject,
                                              &rules::dduf::FolderUnknown, &rules::dduf::FolderWithoutConfig};

bool isHarmless(const Error& error) {
    const auto named = [](std::string_view id) {
        return id.starts_with("json.") ||
               std::ranges::any_of(Harmless, [&](const Rule* rule) { return rule->id == id; });
    };
    if (error.rule != &rules::dduf::MoreErrors)
        return named(error.rule->id);
    const auto* id = error.args.size() > 1 ? std::get_if<std::string>(&error.args[1]) : nullptr;
    return id != nullptr && named(*id);
}

/// Plans a file an entry of an archive that was judged already.
class Unpacking {
public:
    Unpacking(const dduf::Archive& archive, const UnpackOptions& options, const JobContext& context)
        : m_archive(archive)
        , m_options(options)
        , m_context(context) {}

    Result<Plan> plan() {
        m_plan.target = m_options.output;
        addNotes();
        checkIncludes();
        for (std::size_t i = 0; i != m_archive.entries().size(); ++i)
            addEntry(m_archive.entries()[i], m_archive.data(i));
        if (!m_plan.blocked())
            SHARDLENS_CHECK(nameTensors());
        return std::move(m_plan);
    }

private:
    void note(Error error) {
        Finding finding;
        finding.what = std::move(error);
        m_plan.notes.push_back(std::move(finding));
    }

    void addNotes() {
        for (const auto& finding : m_archive.findings())
            if (finding.severity() == Severity::Error && isHarmless(finding.what))
                note({&rules::UnpackBreaksRule, {message(finding.what)}, finding.what.where});
            else
                m_plan.notes.push_back(finding);
    }

    bool asked(std::string_view name) const {
        const auto wanted = [name](const std::string& include) {
            return include == name ||
                   (name.starts_with(include) && name.substr(include.size()).starts_with('/'));
        };
        return m_options.include.empty() || std::ranges::any_of(m_options.include, wanted);
    }

    void checkIncludes() {
        for (const auto& include : m_options.include) {
            const bool found = std::ranges::any_of(m_archive.entries(), [&](const zip::Entry& entry) {
                return entry.name == include || (entry.name.starts_with(include) &&
                                                 entry.name.substr(include.size()).starts_with('/'));
            });
            if (!found)
                note({&rules::UnpackNoSuchEntry, {include}, {m_archive.source()->name(), {}, {}}});
        }
    }

    void addEntry(const zip::Entry& entry, std::optional<ByteRange> data) {
        const std::string name(entry.name);
        if (entry.folder()) {
            m_plan.skipped.push_back({name, "a folder, which its files make anyway", entry.bytes});
            return;
        }
        if (!asked(entry.name)) {
            m_plan.skipped.push_back({name, "not asked for", entry.bytes});
            return;
        }
        PlannedFile file;
        file.path = name;
        file.role = name.ends_with(".safetensors") ? PlannedFile::Role::Weights : PlannedFile::Role::Side;
        file.bytes = data ? data->size() : entry.bytes;
        file.crc32 = entry.crc32;
        if (data && !data->empty())
            file.pieces.push_back({0, file.bytes, FileRange{m_archive.source(), data->begin}});
        if (file.bytes == 0 && entry.crc32 != 0) // nothing is copied that could be compared
            note({&rules::ZipCrcMismatch,
                  {std::string("00000000"), fmt::format("{:08x}", entry.crc32)},
                  {m_archive.source()->name(), entry.headerOffset, name}});
        m_plan.bytesRead += file.bytes;
        m_plan.bytesWritten += file.bytes;
        m_plan.files.push_back(std::move(file));
    }

    /// What the weights hold, for whoever reads the plan. Weights that say nothing are unpacked as they are.
    Result<void> nameTensors() {
        return parallelFor(m_context, m_plan.files.size(), [&](std::size_t i) -> Result<void> {
            auto& file = m_plan.files[i];
            if (file.role != PlannedFile::Role::Weights || file.pieces.empty())
                return m_context.checkStop();
            const auto begin = std::get<FileRange>(file.pieces.front().what).offset;
            const auto header =
                safetensors::readHeader(*m_archive.source(), m_context, {begin, begin + file.bytes});
            for (std::uint32_t tensor = 0; header && tensor != header->count(); ++tensor)
                file.tensors.emplace_back(header->name(tensor));
            return m_context.checkStop();
        });
    }

    const dduf::Archive& m_archive;
    const UnpackOptions& m_options;
    const JobContext& m_context;
    Plan m_plan;
};

Options engineOptions(const UnpackOptions& options) {
    Options out;
    out.output = options.output;
    out.force = options.force;
    out.sync = options.sync;
    return out;
}

} // namespace

Result<Plan> planUnpack(const UnpackOptions& options, const JobContext& context) {
    SHARDLENS_TRY(auto source, openFile(options.archive));
    SHARDLENS_TRY(const auto archive, dduf::Archive::read(std::move(source), context));
    return Unpacking(archive, options, context).plan();
}

Result<Findings> checkUnpack(const Plan& plan, const UnpackOptions& options, const JobContext& context) {
    return preflight(plan, engineOptions(options), context);
}

Result<Report> executeUnpack(const Plan& plan, const UnpackOptions& options, const JobContext& context) {
    const auto check = [&](const std::string& folder) {
        return checkSizes(plan, folder);
    };
    return publishPlan(plan, engineOptions(options), check, context);
}

std::string asCommand(const UnpackOptions& options) {
    CommandText command("shardlens-cli dduf unpack");
    command.argument(options.archive);
    command.value("--output", options.output);
    command.values("--include", options.include);
    command.flag("--force", options.force);
    command.flag("--no-fsync", !options.sync);
    return command.take();
}

} // namespace shardlens::convert
