// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/archive.h"

#include "base/escape.h"
#include "formats/dduf/archive_tree.h"
#include "formats/dduf/entry_name.h"
#include "formats/dduf/finding_list.h"
#include "formats/dduf/rules.h"
#include "formats/json/parse.h"
#include "formats/zip/entry_data.h"
#include "formats/zip/rules.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace shardlens::dduf {

namespace {

/// An index has some dozens of lines.
constexpr std::uint64_t MaxIndex = 16 * Limits::MiB;

bool endsJob(const Error& error) {
    return error.rule == &rules::JobCancelled || error.rule == &rules::OutOfMemory;
}

std::string lowerCase(std::string_view name) {
    std::string out(name);
    std::ranges::transform(
        out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

bool isAscii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

} // namespace

/// Works through an archive's parts in the order in which they depend on each other.
class ArchiveReader {
public:
    ArchiveReader(ByteSourcePtr source, const JobContext& context)
        : m_context(context)
        , m_limits(*context.limits) {
        m_out.m_source = std::move(source);
        m_limits.zipEntries = std::min(m_limits.zipEntries, MaxEntries);
        m_limits.zipDirectory = std::min(m_limits.zipDirectory, MaxDirectoryBytes);
        m_context.limits = &m_limits;
    }

    Result<Archive> read() {
        SHARDLENS_TRY(m_out.m_directory, zip::Directory::read(*m_out.m_source, m_context));
        for (const auto& anomaly : m_out.m_directory.anomalies())
            m_findings.add(anomaly);
        SHARDLENS_CHECK(readHeaders());
        checkEntries();
        checkCase();
        SHARDLENS_CHECK(readIndex());
        checkFolders();
        m_out.m_findings = m_findings.take();
        m_out.m_sound = countFindings(m_out.m_findings).errors == 0;
        return std::move(m_out);
    }

private:
    const std::vector<zip::Entry>& entries() const { return m_out.entries(); }

    void note(const Rule& rule, Args args, const zip::Entry& entry) {
        m_findings.add({&rule,
                        std::move(args),
                        {m_out.m_source->name(), entry.directoryOffset, std::string(entry.name)}});
    }
    void note(const Rule& rule, Args args, std::string_view item) {
        m_findings.add({&rule, std::move(args), {m_out.m_source->name(), std::nullopt, std::string(item)}});
    }

    Result<void> readHeaders() {
        constexpr std::size_t step = 512;
        const auto count = entries().size();
        m_out.m_headers.resize(count);
        std::vector<std::optional<Error>> problems(count);
        const auto readBlock = [&](std::size_t block) -> Result<void> {
            SHARDLENS_CHECK(m_context.checkStop());
            for (auto i = block * step; i < std::min(count, (block + 1) * step); ++i) {
                auto header = zip::readLocalHeader(*m_out.m_source, m_out.m_directory, entries()[i]);
                if (header)
                    m_out.m_headers[i] = std::move(*header);
                else
                    problems[i] = std::move(header).error();
            }
            return {};
        };
        SHARDLENS_CHECK(parallelFor(m_context, (count + step - 1) / step, readBlock));
        for (std::size_t i = 0; i < count; ++i) {
            if (problems[i])
                m_findings.add(std::move(*problems[i]));
            for (const auto& disagreement : m_out.m_headers[i].disagreements)
                m_findings.add(disagreement);
            m_out.m_headers[i].disagreements = {};
        }
        for (auto& overlap : zip::findOverlaps(*m_out.m_source, m_out.m_directory, m_out.m_headers))
            m_findings.add(std::move(overlap));
        return {};
    }

    void checkEntries() {
        std::uint64_t plain = 0;
        const zip::Entry* first = nullptr;
        for (std::size_t i = 0; i < entries().size(); ++i) {
            const auto& entry = entries()[i];
            checkName(entry);
            if (!entry.stored())
                note(rules::dduf::Compressed, {std::uint64_t{entry.method}}, entry);
            else if (entry.compressedBytes != entry.bytes)
                note(rules::ZipLocalHeaderDisagrees, {std::string("the stored and the real size")}, entry);
            if (entry.encrypted())
                note(rules::ZipEncrypted, {}, entry);
            if (entry.symlink())
                note(rules::dduf::Symlink, {}, entry);
            if (folderOf(entry.name).empty() && entry.name.ends_with(".safetensors"))
                note(rules::dduf::RootWeights, {}, entry);
            if (!m_out.m_headers[i].zip64 && !m_out.m_headers[i].header.empty() && plain++ == 0)
                first = &entry;
        }
        if (first != nullptr && !m_out.m_directory.hasZip64End())
            note(rules::dduf::Plain32, {plain, std::uint64_t{entries().size()}}, *first);
    }

    void checkName(const zip::Entry& entry) {
        const bool flagged = (entry.flags & zip::Entry::FlagUtf8) != 0;
        if (flagged && !isValidUtf8(entry.name))
            note(rules::dduf::NameNotUtf8, {}, entry);
        if (!flagged && !isAscii(entry.name))
            note(rules::dduf::NameNotFlagged, {}, entry);
        if (auto allowed = checkEntryName(entry.name); !allowed)
            note(*allowed.error().rule, std::move(allowed.error().args), entry);
    }

    void checkCase() {
        std::map<std::string, const zip::Entry*> seen;
        for (const auto& entry : entries()) {
            const auto [known, isNew] = seen.try_emplace(lowerCase(entry.name), &entry);
            if (!isNew && known->second->name != entry.name)
                note(rules::dduf::NameCase, {std::string(known->second->name)}, entry);
        }
    }

    Result<void> readIndex() {
        const auto* entry = m_out.m_directory.find(IndexName);
        if (entry == nullptr) {
            note(rules::dduf::IndexMissing, {}, IndexName);
            return {};
        }
        const auto read = [&]() -> Result<Value> {
            SHARDLENS_TRY(const auto bytes,
                          zip::readEntry(*m_out.m_source, m_out.m_directory, *entry, MaxIndex));
            SHARDLENS_TRY(auto document,
                          json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, IndexName,
                                      m_context));
            return std::move(document.value);
        };
        auto index = read();
        if (!index && endsJob(index.error()))
            return Failure(std::move(index).error());
        if (!index) {
            // Where its header could not be read, that was said already.
            auto& what = index.error();
            if (what.rule != &rules::ZipLocalHeaderBroken && what.rule != &rules::ZipPastEnd)
                m_findings.add(std::move(what));
        } else if (index->kind() != Value::Kind::Dict) {
            note(rules::dduf::IndexNotObject, {}, *entry);
        } else {
            m_out.m_index = std::move(*index);
        }
        return {};
    }

    /// Without an index that can be read nothing can be said about folders.
    void checkFolders() {
        if (m_out.m_index.kind() != Value::Kind::Dict)
            return;
        std::set<std::string_view> keys;
        for (std::size_t i = 0; i < m_out.m_index.size(); ++i)
            keys.insert(m_out.m_index.key(i).text());
        std::map<std::string_view, bool> folders; // and whether a config is in it
        for (const auto& entry : entries()) {
            const auto folder = folderOf(entry.name);
            if (entry.name.find('/') == std::string_view::npos)
                continue;
            auto& hasConfig = folders[folder];
            hasConfig = hasConfig || isFolderConfig(entry.name.substr(folder.size() + 1));
        }
        for (const auto& [folder, hasConfig] : folders) {
            if (m_out.m_directory.find(folder) != nullptr)
                note(rules::dduf::EntryName, {std::string("a folder has the same name")}, folder);
            if (!keys.contains(folder))
                note(rules::dduf::FolderUnknown, {std::string(folder)}, std::string(folder) + "/");
            else if (!hasConfig)
                note(rules::dduf::FolderWithoutConfig, {std::string(folder)}, std::string(folder) + "/");
        }
    }

    JobContext m_context;
    Limits m_limits;
    Archive m_out;
    FindingList m_findings;
};

Result<ByteSourcePtr> openArchiveFile(const std::string& path) {
    auto source = openFile(path, path.substr(path.rfind('/') + 1));
    return source ? source : openFile(path);
}

std::optional<ByteRange> Archive::data(std::size_t entry) const {
    if (m_headers[entry].header.empty())
        return std::nullopt;
    return m_headers[entry].data;
}

std::optional<std::size_t> Archive::find(std::string_view name) const {
    const auto* entry = m_directory.find(name);
    if (entry == nullptr)
        return std::nullopt;
    return static_cast<std::size_t>(entry - entries().data());
}

FileTreePtr Archive::tree() const {
    std::vector<std::pair<std::string, ByteRange>> files;
    files.reserve(entries().size());
    for (std::size_t i = 0; i < entries().size(); ++i)
        if (const auto range = data(i))
            files.emplace_back(std::string(entries()[i].name), *range);
    return windowTree(m_source, std::move(files));
}

Result<Archive> Archive::read(ByteSourcePtr source, const JobContext& context) {
    return ArchiveReader(std::move(source), context).read();
}

} // namespace shardlens::dduf
