// SPDX-License-Identifier: Apache-2.0
#include "convert/side_files.h"

#include "convert/casting.h"
#include "convert/metadata_files.h"
#include "formats/json/visit.h"
#include "io/path_guard.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace shardlens::convert {

namespace {

/// Finds the value of a top-level dtype key: where it begins, and what it says.
class DTypeFinder final : public json::Visitor {
public:
    std::vector<std::pair<std::uint64_t, std::string>> found;

    void restart() override {
        found.clear();
        m_depth = 0;
        m_next = false;
    }
    bool beginObject(std::uint64_t) override { return enter(); }
    bool key(std::uint64_t, std::string_view name) override {
        m_next = m_depth == 1 && (name == "torch_dtype" || name == "dtype");
        return true;
    }
    bool endObject(std::uint64_t) override { return leave(); }
    bool beginArray(std::uint64_t) override { return enter(); }
    bool endArray(std::uint64_t) override { return leave(); }
    bool string(std::uint64_t at, std::string_view text) override {
        if (m_next)
            found.emplace_back(at, text);
        m_next = false;
        return true;
    }
    bool number(std::uint64_t, std::string_view, bool) override { return other(); }
    bool boolean(std::uint64_t, bool) override { return other(); }
    bool null(std::uint64_t) override { return other(); }

private:
    bool enter() {
        ++m_depth;
        return other();
    }
    bool leave() {
        --m_depth;
        return true;
    }
    bool other() {
        m_next = false;
        return true;
    }
    int m_depth = 0;
    bool m_next = false;
};

std::string_view torchName(DType dtype) {
    switch (dtype) {
    case DType::BF16:
        return "bfloat16";
    case DType::F16:
        return "float16";
    case DType::F32:
        return "float32";
    case DType::F64:
        return "float64";
    default:
        return {};
    }
}

bool endsWithAny(std::string_view name, std::initializer_list<std::string_view> ends) {
    return std::ranges::any_of(ends, [name](std::string_view end) { return name.ends_with(end); });
}

/// Where a side file goes: AutoModel's folder of metadata is the model's root.
std::string targetPath(std::string_view name) {
    constexpr std::string_view Folder = ".hf_metadata/";
    if (const auto at = name.find(Folder); at != std::string_view::npos && (at == 0 || name[at - 1] == '/'))
        name.remove_prefix(at + Folder.size());
    return std::string(name);
}

/// Why an entry is not copied; empty where it is.
std::string whyNot(const EntryRecord& entry, const Options& options, bool intoFolder) {
    if (!entry.sideFile)
        return entry.kind == EntryRecord::Kind::Value ? "not a tensor" : "describes the source's files";
    if (baseName(entry.name) == FileIndexMapping || baseName(entry.name) == DTypeMapping)
        return "describes the source's slices";
    if (endsWithAny(entry.name, {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".distcp"}))
        return "a pickle";
    if (endsWithAny(entry.name, {".safetensors", ".safetensors.index.json", ".bin.index.json"}))
        return "belongs to the source's weights";
    if (!options.sideFiles)
        return "side files are not wanted";
    if (!intoFolder)
        return "the target is a single file";
    if (!checkRelativePath(targetPath(entry.name)))
        return "its path is refused";
    return {};
}

Result<PlannedFile> planSideFile(const CheckpointPtr& source, const EntryRecord& entry, DType dtype,
                                 const JobContext& context) {
    SHARDLENS_TRY(const auto bytes, source->source(entry.file));
    PlannedFile file;
    file.path = targetPath(entry.name);
    file.role = PlannedFile::Role::Side;
    file.bytes = entry.stored.size();
    constexpr std::uint64_t LargestConfig = 16 * 1024 * 1024;
    if (dtype != DType::Unknown && baseName(entry.name) == "config.json" && file.bytes <= LargestConfig) {
        std::string text(static_cast<std::size_t>(file.bytes), '\0');
        SHARDLENS_CHECK(bytes->readAt(entry.stored.begin, std::as_writable_bytes(std::span(text))));
        SHARDLENS_CHECK(context.checkStop());
        if (auto changed = withDType(text, dtype)) {
            file.bytes = changed->size();
            file.pieces.push_back({0, file.bytes, Literal{std::move(*changed)}});
            return file;
        }
    }
    if (file.bytes != 0)
        file.pieces.push_back({0, file.bytes, FileRange{bytes, entry.stored.begin}});
    return file;
}

} // namespace

std::optional<std::string> withDType(std::string_view json, DType dtype) {
    const auto name = torchName(dtype);
    DTypeFinder finder;
    if (name.empty() || !json::visit(json, "config.json", finder, {}))
        return std::nullopt;
    std::string text(json);
    bool changed = false;
    for (auto at = finder.found.rbegin(); at != finder.found.rend(); ++at) {
        const auto& [begin, value] = *at;
        // Only a plain spelling is replaced: the value in quotes, without escapes.
        if (value == name || text.substr(begin, value.size() + 2) != '"' + value + '"')
            continue;
        text.replace(begin, value.size() + 2, '"' + std::string(name) + '"');
        changed = true;
    }
    return changed ? std::optional(std::move(text)) : std::nullopt;
}

namespace {

/// What the source itself lacks.
Result<void> addFromReference(const CheckpointPtr& reference, const Options& options, bool intoFolder,
                              DType dtype, std::unordered_set<std::string>& taken,
                              std::vector<PlannedFile>& files, const JobContext& context) {
    for (std::uint32_t i = 0; i != reference->entryCount(); ++i) {
        const auto& entry = reference->entry(EntryId(i));
        if (!whyNot(entry, options, intoFolder).empty() || !entry.file.valid() ||
            reference->file(entry.file).missing || !taken.insert(targetPath(entry.name)).second)
            continue;
        SHARDLENS_TRY(auto file, planSideFile(reference, entry, dtype, context));
        files.push_back(std::move(file));
    }
    return {};
}

} // namespace

Result<std::vector<PlannedFile>> planSideFiles(const CheckpointPtr& source, const CheckpointPtr& reference,
                                               const Options& options,
                                               const std::vector<PlannedFile>& weights, bool intoFolder,
                                               Choice& choice, const JobContext& context) {
    std::unordered_set<std::string> taken;
    for (const auto& file : weights)
        taken.insert(file.path);
    const auto dtype = choice.cast.empty() ? DType::Unknown : dominantFloat(choice);
    std::vector<PlannedFile> files;
    for (std::uint32_t i = 0; i != source->entryCount(); ++i) {
        const auto& entry = source->entry(EntryId(i));
        auto reason = whyNot(entry, options, intoFolder);
        if (reason.empty() && (!entry.file.valid() || source->file(entry.file).missing))
            reason = "it is missing";
        if (reason.empty() && !taken.insert(targetPath(entry.name)).second)
            reason = "another file of this name is written";
        if (!reason.empty()) {
            if (entry.kind != EntryRecord::Kind::Value || options.valuesFile.empty())
                choice.skipped.push_back({entry.name, std::move(reason), entry.stored.size()});
            continue;
        }
        SHARDLENS_TRY(auto file, planSideFile(source, entry, dtype, context));
        files.push_back(std::move(file));
    }
    if (reference)
        SHARDLENS_CHECK(
            addFromReference(reference, options, intoFolder, dominantFloat(choice), taken, files, context));
    return files;
}

} // namespace shardlens::convert
