// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_structure.h"

#include "convert/dduf_names.h"
#include "convert/dduf_rules.h"
#include "convert/metadata_files.h"
#include "formats/diffusers/pipeline.h"
#include "formats/file_damage.h"
#include "formats/hub/weight_sets.h"
#include "formats/json/parse.h"
#include "formats/json/visit.h"
#include "formats/safetensors/header.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <utility>

namespace shardlens::convert {

namespace {

/// Takes a document's tokens and keeps nothing.
class Anything final : public json::Visitor {
public:
    void restart() override {}
    bool beginObject(std::uint64_t) override { return true; }
    bool key(std::uint64_t, std::string_view) override { return true; }
    bool endObject(std::uint64_t) override { return true; }
    bool beginArray(std::uint64_t) override { return true; }
    bool endArray(std::uint64_t) override { return true; }
    bool string(std::uint64_t, std::string_view) override { return true; }
    bool number(std::uint64_t, std::string_view, bool) override { return true; }
    bool boolean(std::uint64_t, bool) override { return true; }
    bool null(std::uint64_t) override { return true; }
};

bool endsJob(const Error& error) {
    return error.rule->id == rules::JobCancelled.id || error.rule->id == rules::OutOfMemory.id;
}

/// What is wrong with one entry's bytes; fails where they cannot be read.
class ContentCheck {
public:
    ContentCheck(DraftEntry& entry, const JobContext& context) : m_entry(entry), m_context(context) {}

    Findings findings;

    Result<void> run() {
        if (!m_entry.source)
            return {};
        std::array<std::byte, 4096> head{};
        const auto bytes =
            std::span(head).first(std::min<std::uint64_t>(head.size(), m_entry.source->size()));
        SHARDLENS_CHECK(m_entry.source->readAt(0, bytes));
        const bool text = m_entry.name.ends_with(".txt"); // an empty one is fine
        if (!text || readLfsPointer(bytes))
            SHARDLENS_CHECK(checkHead(bytes, m_entry.source->size(), m_entry.from));
        if (m_entry.role == PlannedFile::Role::Weights)
            return header();
        return m_entry.name.ends_with(".json") ? document() : Result<void>();
    }

private:
    Result<void> header() {
        SHARDLENS_TRY(const auto header, safetensors::readHeader(*m_entry.source, m_context));
        for (const auto& finding : header.findings)
            if (finding.what.rule->severity == Severity::Error) {
                note(rules::ExportBadHeader, message(finding.what));
                break;
            }
        m_entry.tensors.reserve(header.count());
        for (std::uint32_t i = 0; i != header.count(); ++i)
            m_entry.tensors.emplace_back(header.name(i));
        return {};
    }

    Result<void> document() {
        SHARDLENS_TRY(const auto bytes, readAll(*m_entry.source, m_context.limits->document));
        Anything anything;
        const auto told = json::visit({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                      m_entry.from, anything, m_context);
        if (!told && endsJob(told.error()))
            return told;
        if (!told)
            note(rules::ExportBadJson, message(told.error()));
        return {};
    }

    void note(const Rule& rule, std::string why) {
        Finding finding;
        finding.what = {&rule, {m_entry.from, std::move(why)}, {m_entry.from, {}, {}}};
        findings.push_back(std::move(finding));
    }

    DraftEntry& m_entry;
    const JobContext& m_context;
};

class StructureCheck {
public:
    StructureCheck(Draft& draft, bool ofFolder, const JobContext& context)
        : m_draft(draft)
        , m_ofFolder(ofFolder)
        , m_context(context) {}

    Result<void> run() {
        checkNames();
        for (const auto& entry : m_draft.entries)
            if (const auto folder = folderOf(entry.name); !folder.empty())
                m_folders[std::string(folder)].push_back(std::string(baseName(entry.name)));
        SHARDLENS_TRY(const auto index, readIndex());
        if (index.kind() == Value::Kind::Dict)
            checkIndex(index);
        for (const auto& [folder, names] : m_folders) {
            if (std::ranges::none_of(names, diffusers::isComponentConfig))
                m_draft.note(rules::ExportNoConfig, {folder}, folder);
            checkWeightSets(folder, names);
        }
        return {};
    }

private:
    void checkNames() {
        std::map<std::string_view, const DraftEntry*> names;
        std::map<std::string, std::string> lower;
        for (const auto& entry : m_draft.entries) {
            if (auto why = whyNoEntry(entry.name); !why.empty())
                m_draft.note(rules::ExportBadName, {entry.name, std::move(why)}, entry.from);
            const auto [first, isNew] = names.emplace(entry.name, &entry);
            if (!isNew) {
                m_draft.note(rules::ExportRepeatedName, {entry.name, first->second->from, entry.from},
                             entry.from);
                continue;
            }
            std::string folded(entry.name);
            std::ranges::transform(folded, folded.begin(),
                                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            const auto [at, alone] = lower.emplace(std::move(folded), entry.name);
            if (!alone)
                m_draft.note(rules::ExportSameName, {at->second, entry.name}, entry.from);
        }
    }

    /// Null where there is none, which is noted.
    Result<Value> readIndex() {
        const auto* entry = m_draft.find(diffusers::IndexName);
        if (entry == nullptr) {
            m_draft.note(rules::ExportNoIndex, {});
            return Value();
        }
        std::string text = entry->text;
        if (entry->source) {
            auto bytes = readAll(*entry->source, m_context.limits->document);
            if (!bytes)
                return Failure(std::move(bytes).error());
            text.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
        }
        auto document = json::parse(text, entry->from, m_context);
        if (!document && endsJob(document.error()))
            return Failure(std::move(document).error());
        if (!document || document->value.kind() != Value::Kind::Dict) {
            m_draft.note(rules::ExportBadIndex,
                         {document ? std::string("it is something else") : message(document.error())},
                         entry->from);
            return Value();
        }
        return std::move(document->value);
    }

    void checkIndex(const Value& index) {
        std::set<std::string_view> keys;
        for (std::size_t i = 0; i != index.size(); ++i) {
            const auto name = index.key(i).text();
            keys.insert(name);
            const auto pair = index.at(i);
            const bool component = !name.starts_with("_") && pair.kind() == Value::Kind::List &&
                                   pair.size() == 2 && pair.at(1).kind() == Value::Kind::String;
            if (component && !m_folders.contains(std::string(name)))
                m_draft.note(m_ofFolder ? rules::ExportComponentMissing : rules::ExportNothingOf,
                             {std::string(name)}, std::string(diffusers::IndexName));
        }
        for (const auto& [folder, names] : m_folders)
            if (!keys.contains(folder))
                m_draft.note(rules::ExportUnknownFolder, {folder}, folder);
    }

    void checkWeightSets(const std::string& folder, const std::vector<std::string>& names) {
        std::vector<TreeName> files;
        for (const auto& name : names)
            if (roleOf(name) != PlannedFile::Role::Side)
                files.push_back({.name = name});
        std::ranges::sort(files, {}, &TreeName::name);
        const auto sets =
            hub::findWeightSets(files, [](const std::string&, const std::string&) { return true; });
        const bool loose = sets.size() == 1 && sets.front().loose;
        if (sets.size() < 2 && !loose)
            return;
        std::string list;
        for (const auto& set : sets)
            for (const auto& file : set.files)
                list += (list.empty() ? "" : ", ") + file;
        m_draft.note(rules::ExportSeveralSets, {folder, list}, folder);
    }

    Draft& m_draft;
    bool m_ofFolder;
    const JobContext& m_context;
    std::map<std::string, std::vector<std::string>> m_folders;
};

} // namespace

DraftEntry* Draft::find(std::string_view name) {
    const auto found = std::ranges::find(entries, name, &DraftEntry::name);
    return found == entries.end() ? nullptr : &*found;
}

void Draft::note(const Rule& rule, Args args, std::string file) {
    Finding finding;
    finding.what = {&rule, std::move(args), {std::move(file), {}, {}}};
    plan.write.notes.push_back(std::move(finding));
}

Result<void> checkContents(Draft& draft, const JobContext& context) {
    context.begin("checking files", draft.entries.size(), false);
    std::vector<Findings> found(draft.entries.size());
    const auto checkOne = [&](std::size_t i) -> Result<void> {
        SHARDLENS_CHECK(context.checkStop());
        ContentCheck check(draft.entries[i], context);
        auto checked = check.run();
        if (!checked && endsJob(checked.error()))
            return checked;
        found[i] = std::move(check.findings);
        if (!checked) {
            Finding finding;
            finding.what = std::move(checked).error();
            found[i].push_back(std::move(finding));
        }
        context.add(1);
        return {};
    };
    SHARDLENS_CHECK(parallelFor(context, draft.entries.size(), checkOne));
    for (auto& findings : found)
        std::ranges::move(findings, std::back_inserter(draft.plan.write.notes));
    return {};
}

Result<void> checkStructure(Draft& draft, bool ofFolder, const JobContext& context) {
    return StructureCheck(draft, ofFolder, context).run();
}

} // namespace shardlens::convert
