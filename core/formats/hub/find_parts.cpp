// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/find_parts.h"

#include "base/units.h"
#include "formats/hub/header_probe.h"
#include "formats/hub/named_by_index.h"
#include "formats/hub/run_folder.h"
#include "formats/hub/shard_name.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace shardlens::hub {

namespace {

std::string joined(const std::string& folder, const std::string& name) {
    if (name.empty())
        return folder;
    return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

std::string lastPart(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

class PartFinder {
public:
    PartFinder(const Candidate& candidate, const JobContext& context)
        : m_candidate(candidate)
        , m_context(context) {}

    Result<std::vector<FoundPart>> find() {
        if (!m_candidate.file.empty()) {
            findOfFile();
            return std::move(m_parts);
        }
        addFolder({}, m_candidate.names, {});
        namePlainly();
        for (const std::string_view name :
             {"model", "model/consolidated", "consolidated", "sharded", "model/sharded", "optim"})
            addSubfolder(std::string(name), lastPart(std::string(name)));
        if (m_parts.size() > 1 && m_parts.front().part.name.empty())
            m_parts.front().part.name = "model";
        if (m_parts.empty())
            for (const auto& step : findSteps(m_candidate))
                addStep(step);
        return std::move(m_parts);
    }

private:
    void add(WeightSet set, std::string subfolder, const FileTree& tree, std::span<const TreeName> names,
             std::string name) {
        FoundPart found;
        auto& part = found.part;
        part.name = std::move(name);
        part.variant = set.variant;
        part.location = m_candidate.file.empty() ? joined(m_candidate.path, subfolder) : m_candidate.path;
        part.files = set.files.size();
        for (const auto& file : set.files) {
            const auto at = std::ranges::lower_bound(names, file, {}, &TreeName::name);
            if (at != names.end() && at->name == file)
                part.bytes += at->bytes;
        }
        part.format = formatOf(set, tree);
        part.about = (part.format == Format::DcpSafetensors ? "DCP slices in safetensors, "
                      : part.format == Format::Safetensors  ? "safetensors, "
                                                            : "safetensors shards, ") +
                     formatGrouped(part.files) + (part.files == 1 ? " file" : " files");
        found.set = std::move(set);
        found.subfolder = std::move(subfolder);
        m_parts.push_back(std::move(found));
    }

    Format formatOf(const WeightSet& set, const FileTree& tree) const {
        if (set.slices)
            return Format::DcpSafetensors;
        if (set.index.empty() && !set.files.empty())
            if (const auto source = tree.open(set.files.front());
                source && mentionsSlices(**source, m_context))
                return Format::DcpSafetensors;
        return !set.index.empty() || set.count > 1 || set.files.size() > 1 ? Format::ShardedSafetensors
                                                                           : Format::Safetensors;
    }

    void findOfFile() {
        const auto& file = m_candidate.file;
        const auto name = parseShardName(file);
        if (!name && !parseIndexName(file))
            return;
        NamedByIndex namedByIndex(*m_candidate.folder, m_context);
        const auto sets = findWeightSets(m_candidate.names, namedByIndex.function());
        if (const auto* set = findSetOf(sets, file)) {
            if (std::ranges::find(set->leftover, file) != set->leftover.end())
                return addLeftover(*set, name->count);
            if (!set->index.empty() || (name && name->isSliceFile()) ||
                (name && name->number && name->count > 1) || holdsSlices())
                return add(*set, {}, *m_candidate.folder, m_candidate.names, {});
        }
        if (startsWithArchive())
            addAlone();
    }

    /// The user named a shard of a numbering that its folder would not be opened by.
    void addLeftover(const WeightSet& from, std::uint32_t count) {
        WeightSet set;
        set.stem = from.stem;
        set.variant = from.variant;
        set.count = count;
        for (const auto& file : from.leftover)
            if (parseShardName(file)->count == count)
                set.files.push_back(file);
        add(std::move(set), {}, *m_candidate.folder, m_candidate.names, {});
    }

    void addAlone() {
        WeightSet set;
        set.files.push_back(m_candidate.file);
        add(std::move(set), {}, *m_candidate.folder, m_candidate.names, {});
        m_parts.back().alone = true;
    }

    bool holdsSlices() const {
        const auto source = m_candidate.folder->open(m_candidate.file);
        return source && mentionsSlices(**source, m_context);
    }

    bool startsWithArchive() const {
        const std::string_view head(reinterpret_cast<const char*>(m_candidate.head.data()),
                                    m_candidate.head.size());
        return m_candidate.file.ends_with(".safetensors") && head.starts_with("PK\3\4");
    }

    /// Adds a folder's sets; all under `name` where it is not empty.
    void addFolder(const std::string& subfolder, std::span<const TreeName> names, const std::string& name) {
        FileTreePtr tree = m_candidate.folder;
        if (!subfolder.empty()) {
            auto sub = tree->subtree(subfolder);
            if (!sub)
                return;
            tree = std::move(*sub);
        }
        NamedByIndex namedByIndex(*tree, m_context);
        for (auto& set : findWeightSets(names, namedByIndex.function()))
            add(std::move(set), subfolder, *tree, names, name);
    }

    void addSubfolder(const std::string& subfolder, const std::string& name) {
        const auto found = m_candidate.folder->find(subfolder);
        if (!found || found->kind != NameKind::Folder)
            return;
        const auto names = m_candidate.folder->list(subfolder);
        if (!names)
            return;
        const auto before = m_parts.size();
        addFolder(subfolder, *names, name);
        // Further sets there are named by their stems too.
        std::set<std::pair<std::string, std::string>> taken;
        for (auto i = before; i < m_parts.size(); ++i) {
            auto& part = m_parts[i].part;
            if (!taken.emplace(part.name, part.variant).second)
                part.name += "/" + m_parts[i].set.stem;
            taken.emplace(part.name, part.variant);
        }
    }

    void addStep(const StepFolder& step) {
        const auto before = m_parts.size();
        for (const std::string_view inside : {"/model", "", "/sharded"}) {
            addSubfolder(step.name + std::string(inside), step.shownAs);
            if (m_parts.size() > before)
                return;
        }
    }

    /// The folder's own sets: "" for the only one, else stems; `safetensors` beside pickles.
    void namePlainly() {
        std::set<std::string> stems;
        for (const auto& found : m_parts)
            stems.insert(found.set.stem);
        const bool pickles = std::ranges::any_of(m_candidate.names, [](const auto& name) {
            return name.kind == NameKind::File && isPickleName(name.name);
        });
        std::set<std::pair<std::string, std::string>> taken;
        for (auto& found : m_parts) {
            auto& part = found.part;
            part.name = stems.size() > 1 ? found.set.stem : pickles ? "safetensors" : "";
            if (!taken.emplace(part.name, part.variant).second) // shards beside one file of the same stem
                part.name = found.set.slices          ? "slices"
                            : found.set.index.empty() ? found.set.files.front()
                                                      : found.set.index;
            taken.emplace(part.name, part.variant);
        }
    }

    const Candidate& m_candidate;
    const JobContext& m_context;
    std::vector<FoundPart> m_parts;
};

} // namespace

Result<std::vector<FoundPart>> findParts(const Candidate& candidate, const JobContext& context) {
    return PartFinder(candidate, context).find();
}

std::string findUnfinishedMark(const Candidate& candidate, const std::string& subfolder) {
    constexpr std::string_view mark = ".incomplete";
    const auto& tree = *candidate.folder;
    if (tree.find(mark))
        return std::string(mark);
    std::string folder = subfolder;
    while (!folder.empty()) {
        const auto path = joined(folder, std::string(mark));
        if (tree.find(path))
            return path;
        const auto slash = folder.rfind('/');
        folder.resize(slash == std::string::npos ? 0 : slash);
    }
    // NeMo AutoModel marks the step's folder; its model/ may be opened by itself.
    const auto here = tree.fileSystemPath();
    if (subfolder.empty() && lastPart(here) == "model")
        if (const auto parent = openFolder(here + "/.."); parent && (*parent)->find(mark))
            return "../" + std::string(mark);
    return {};
}

} // namespace shardlens::hub
