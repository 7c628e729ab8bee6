// SPDX-License-Identifier: Apache-2.0
#include "io/file_tree.h"
#include "io/path_guard.h"
#include "io/rules.h"

#include <map>
#include <memory>
#include <utility>

namespace shardlens {

namespace {

using FilesByPath = std::map<std::string, ByteSourcePtr, std::less<>>;

class MemoryTree final : public FileTree {
public:
    MemoryTree(std::string displayName, std::shared_ptr<const FilesByPath> files, std::string prefix)
        : m_displayName(std::move(displayName))
        , m_files(std::move(files))
        , m_prefix(std::move(prefix)) {}

    const std::string& displayName() const override { return m_displayName; }

    Result<std::vector<TreeName>> list(std::string_view folder) const override {
        if (!folder.empty()) {
            SHARDLENS_CHECK(checkRelativePath(folder));
            const auto found = find(folder);
            if (!found)
                return fail(rules::NotFound, {std::string(folder)});
            if (found->kind != NameKind::Folder)
                return fail(rules::NotAFolder, {std::string(folder)});
        }
        return childrenOf(folder.empty() ? m_prefix : m_prefix + std::string(folder) + "/");
    }

    std::optional<TreeName> find(std::string_view path) const override {
        if (!checkRelativePath(path))
            return std::nullopt;
        TreeName out;
        out.name = std::string(path.substr(path.rfind('/') + 1));
        const auto whole = m_prefix + std::string(path);
        if (const auto file = m_files->find(whole); file != m_files->end()) {
            out.bytes = file->second->size();
            return out;
        }
        out.kind = NameKind::Folder;
        const auto inside = m_files->lower_bound(whole + "/");
        if (inside == m_files->end() || !inside->first.starts_with(whole + "/"))
            return std::nullopt;
        return out;
    }

    Result<ByteSourcePtr> open(std::string_view path) const override {
        SHARDLENS_CHECK(checkRelativePath(path));
        const auto found = find(path);
        if (!found)
            return fail(rules::NotFound, {std::string(path)});
        if (found->kind != NameKind::File)
            return fail(rules::NotAFile, {std::string(path), std::string("a folder")});
        return m_files->find(m_prefix + std::string(path))->second;
    }

    Result<FileTreePtr> subtree(std::string_view folder) const override {
        if (!folder.empty())
            SHARDLENS_CHECK(list(folder));
        auto prefix = folder.empty() ? m_prefix : m_prefix + std::string(folder) + "/";
        auto name = folder.empty() ? m_displayName : m_displayName + "/" + std::string(folder);
        return std::make_shared<MemoryTree>(std::move(name), m_files, std::move(prefix));
    }

private:
    std::vector<TreeName> childrenOf(const std::string& prefix) const {
        std::map<std::string, TreeName>
            names; // "a.b" sorts before "a/b", so folders are not neighbours of themselves
        for (auto i = m_files->lower_bound(prefix); i != m_files->end() && i->first.starts_with(prefix);
             ++i) {
            const auto rest = std::string_view(i->first).substr(prefix.size());
            const auto slash = rest.find('/');
            TreeName child;
            child.name = std::string(rest.substr(0, slash));
            child.kind = slash == rest.npos ? NameKind::File : NameKind::Folder;
            child.bytes = slash == rest.npos ? i->second->size() : 0;
            names.emplace(child.name, child);
        }
        std::vector<TreeName> out;
        for (auto& [name, child] : names)
            out.push_back(std::move(child));
        return out;
    }

    std::string m_displayName;
    std::shared_ptr<const FilesByPath> m_files;
    std::string m_prefix; // empty, or ends with '/'
};

} // namespace

FileTreePtr memoryTree(std::string displayName,
                       std::vector<std::pair<std::string, std::vector<std::byte>>> files) {
    auto byPath = std::make_shared<FilesByPath>();
    for (auto& [path, bytes] : files)
        byPath->insert_or_assign(path, memorySource(path, std::move(bytes)));
    return std::make_shared<MemoryTree>(std::move(displayName), std::move(byPath), std::string());
}

} // namespace shardlens
