// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/describe_archive.h"

#include "formats/dduf/entry_name.h"
#include "formats/dduf/rules.h"
#include "formats/dduf/verify.h"
#include "formats/diffusers/add_component.h"
#include "formats/diffusers/rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace shardlens::dduf {

namespace {

EntryRecord::Kind kindOf(std::string_view name) {
    if (name.ends_with(".json"))
        return EntryRecord::Kind::Json;
    return name.ends_with(".txt") ? EntryRecord::Kind::Text : EntryRecord::Kind::Binary;
}

class ArchiveDescriber {
public:
    ArchiveDescriber(CheckpointBuilder& builder, const Archive& archive, const Choice& choice,
                     const JobContext& context)
        : m_builder(builder)
        , m_archive(archive)
        , m_choice(choice)
        , m_context(context) {}

    Result<void> run() {
        FileRecord record;
        record.path = m_archive.source()->name();
        record.bytes = m_archive.source()->size();
        record.source = m_archive.source();
        m_file = m_builder.addFile(std::move(record));
        addRegions();
        for (const auto& finding : m_archive.findings())
            m_builder.addFinding({finding.what, {Subject::Kind::File, m_file.value()}, {}});
        if (m_archive.sound())
            SHARDLENS_CHECK(addPipeline());
        addEntries();
        return {};
    }

private:
    void addRegion(Region::Kind kind, ByteRange range, std::string name,
                   std::optional<std::uint32_t> crc = std::nullopt) {
        if (!range.empty())
            m_builder.addRegion({m_file, kind, range, std::move(name), crc});
    }

    void addRegions() {
        const auto& directory = m_archive.directory();
        addRegion(Region::Kind::Unclaimed, {0, directory.archiveBegin()}, "before the archive");
        const auto order = disjointEntries(m_archive);
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto& entry = m_archive.entries()[order[i]];
            const auto& header = m_archive.header(order[i]);
            const std::string name(entry.name);
            const auto padding = std::min(header.paddingBytes, header.header.size());
            addRegion(Region::Kind::Header, {header.header.begin, header.header.end - padding}, name);
            addRegion(Region::Kind::Padding, {header.header.end - padding, header.header.end}, name);
            addRegion(Region::Kind::Record, header.data, name, entry.crc32);
            const auto next = i + 1 < order.size() ? m_archive.header(order[i + 1]).header.begin
                                                   : directory.directoryRange().begin;
            constexpr std::uint64_t longestDescriptor = 24;
            if ((entry.flags & zip::Entry::FlagDescriptor) != 0 &&
                next - header.data.end <= longestDescriptor)
                addRegion(Region::Kind::Header, {header.data.end, next}, name);
        }
        addRegion(Region::Kind::Directory, directory.directoryRange(), "directory");
        addRegion(Region::Kind::Directory, directory.endRange(), "end of the archive");
    }

    Result<void> addPipeline() {
        const auto tree = m_archive.tree();
        SHARDLENS_TRY(const auto pipeline, diffusers::readPipeline(*tree, m_context));
        setPipelineFacts(m_builder, pipeline);
        const diffusers::ArchiveFiles files{m_file, m_archive.source()->name(), [&](std::string_view path) {
                                                return rangeOf(path);
                                            }};
        for (const auto& component : pipeline.components) {
            if (!component.folder) {
                if (!component.absent)
                    note(rules::dduf::ComponentMissing, {component.name, component.className},
                         component.name);
                continue;
            }
            reportSets(component);
            if (!m_choice.part.empty() && m_choice.part != component.name)
                continue;
            SHARDLENS_CHECK(addComponent(m_builder, *tree, component, m_choice.variant, &files, m_context));
            for (const auto& weights : component.weights)
                for (const auto& file : weights.set.files)
                    m_described.insert(component.name + "/" + file);
        }
        reportUnused(pipeline);
        // The folder's own rules stand for the others: in an archive they are errors, and said already.
        for (const auto& finding : pipeline.findings)
            if (finding.what.rule == &rules::diffusers::NoWeights ||
                finding.what.rule == &rules::diffusers::ComponentValue ||
                finding.what.rule == &rules::diffusers::ComponentName)
                m_builder.addFinding(finding);
        return {};
    }

    std::optional<ByteRange> rangeOf(std::string_view path) const {
        const auto entry = m_archive.find(path);
        return entry ? m_archive.data(*entry) : std::nullopt;
    }

    void note(const Rule& rule, Args args, std::string item) {
        m_builder.addFinding(rule, std::move(args),
                             {m_archive.source()->name(), std::nullopt, std::move(item)},
                             {Subject::Kind::File, m_file.value()});
    }

    void reportSets(const diffusers::Component& component) {
        if (component.weights.size() < 2)
            return;
        std::string names;
        for (const auto& weights : component.weights)
            names += (names.empty() ? "" : ", ") + weights.name;
        note(rules::dduf::SeveralSets, {component.name, std::uint64_t{component.weights.size()}, names},
             component.name);
    }

    /// Folders whose key is there and says that there is no such component.
    void reportUnused(const diffusers::Pipeline& pipeline) {
        std::set<std::string_view> folders;
        for (const auto& entry : m_archive.entries())
            if (const auto folder = folderOf(entry.name); !folder.empty())
                folders.insert(folder);
        for (const auto folder : folders)
            if (const auto* component = pipeline.find(folder); component == nullptr || component->absent)
                note(rules::dduf::FolderUnused, {std::string(folder)}, std::string(folder) + "/");
    }

    /// Every entry whose tensors were not described, in the archive's order. Of a name that stands twice the
    /// last one counts, as for other readers.
    void addEntries() {
        const auto& entries = m_archive.entries();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::string name(entries[i].name);
            const auto folder = folderOf(name);
            if (m_described.contains(name) || m_archive.find(name) != i ||
                (!m_choice.part.empty() && folder != m_choice.part))
                continue;
            EntryRecord record;
            record.name = name;
            record.kind = kindOf(name);
            record.file = m_file;
            const auto data = m_archive.data(i);
            if (data && entries[i].stored() && !entries[i].encrypted())
                record.stored = *data;
            else
                record.kind = EntryRecord::Kind::Binary; // nothing of it can be shown
            record.sideFile = m_archive.sound() && !name.ends_with(".safetensors") && !isWeightIndex(name);
            m_builder.addEntry(std::move(record));
        }
    }

    /// It belongs to the layout of the shards; a conversion makes its own.
    static bool isWeightIndex(std::string_view name) {
        return name.ends_with(".json") && name.find(".safetensors.index.") != std::string_view::npos;
    }

    CheckpointBuilder& m_builder;
    const Archive& m_archive;
    const Choice& m_choice;
    const JobContext& m_context;
    FileId m_file;
    std::set<std::string> m_described; // paths of weight files
};

} // namespace

Result<void> describeArchive(CheckpointBuilder& builder, const Archive& archive, const Choice& choice,
                             const JobContext& context) {
    return ArchiveDescriber(builder, archive, choice, context).run();
}

} // namespace shardlens::dduf
