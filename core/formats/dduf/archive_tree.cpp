// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/archive_tree.h"

#include "io/path_guard.h"
#include "io/rules.h"

#include <algorithm>
#include <memory>

namespace shardlens::dduf {

namespace {

/// Shared by a tree and its subtrees.
struct WindowFiles {
    ByteSourcePtr source;
    std::vector<std::pair<std::string, ByteRange>> files; // sorted by path
};

class WindowTree final : public FileTree {
public:
    WindowTree(std::shared_ptr<const WindowFiles> files, std::string prefix)
        : m_files(std::move(files))
        , m_prefix(std::move(prefix))
        , m_displayName(m_prefix.empty()
                            ? m_files->source->name()
                            : m_files->source->name() + "/" + m_prefix.substr(0, m_prefix.size() - 1)) {}

    const std::string& displayName() const override { return m_displayName; }

    Result<std::vector<TreeName>> list(std::string_view folder) const override {
        if (!folder.empty()) {
            const auto found = find(folder);
            if (!found)
                return fail(rules::NotFound, {std::string(folder)});
            if (found->kind != NameKind::Folder)
                return fail(rules::NotAFolder, {std::string(folder)});
        }
        return children(folder.empty() ? m_prefix : m_prefix + std::string(folder) + "/");
    }

    std::optional<TreeName> find(std::string_view path) const override {
        if (!checkRelativePath(path))
            return std::nullopt;
        const auto whole = m_prefix + std::string(path);
        TreeName out;
        out.name = std::string(path.substr(path.rfind('/') + 1));
        if (const auto* file = at(whole)) {
            out.bytes = file->second.size();
            return out;
        }
        out.kind = NameKind::Folder;
        const auto inside = begin(whole + "/");
        if (inside == m_files->files.end() || !inside->first.starts_with(whole + "/"))
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
        const auto range = at(m_prefix + std::string(path))->second;
        return windowSource(m_files->source, range.begin, range.size(), std::string(path));
    }

    Result<FileTreePtr> subtree(std::string_view folder) const override {
        if (folder.empty())
            return std::make_shared<WindowTree>(m_files, m_prefix);
        const auto found = find(folder);
        if (!found || found->kind != NameKind::Folder)
            return fail(rules::NotAFolder, {std::string(folder)});
        return std::make_shared<WindowTree>(m_files, m_prefix + std::string(folder) + "/");
    }

private:
    using Iterator = std::vector<std::pair<std::string, ByteRange>>::const_iterator;

    Iterator begin(std::string_view path) const {
        return std::ranges::lower_bound(m_files->files, path, {},
                                        [](const auto& file) -> std::string_view { return file.first; });
    }
    const std::pair<std::string, ByteRange>* at(std::string_view path) const {
        const auto found = begin(path);
        return found != m_files->files.end() && found->first == path ? &*found : nullptr;
    }

    std::vector<TreeName> children(const std::string& prefix) const {
        std::vector<TreeName> out;
        for (auto i = begin(prefix); i != m_files->files.end() && i->first.starts_with(prefix); ++i) {
            const auto rest = std::string_view(i->first).substr(prefix.size());
            const auto slash = rest.find('/');
            TreeName child;
            child.name = std::string(rest.substr(0, slash));
            child.kind = slash == std::string_view::npos ? NameKind::File : NameKind::Folder;
            child.bytes = slash == std::string_view::npos ? i->second.size() : 0;
            out.push_back(std::move(child));
        }
        // Other names may stand between two files of one folder: '.' sorts before '/'.
        std::ranges::sort(out, {}, &TreeName::name);
        const auto repeated = std::ranges::unique(out, {}, &TreeName::name);
        out.erase(repeated.begin(), repeated.end());
        return out;
    }

    std::shared_ptr<const WindowFiles> m_files;
    std::string m_prefix; // empty, or ends with '/'
    std::string m_displayName;
};

} // namespace

FileTreePtr windowTree(ByteSourcePtr source, std::vector<std::pair<std::string, ByteRange>> files) {
    std::ranges::sort(files, {}, [](const auto& file) -> const std::string& { return file.first; });
    return std::make_shared<WindowTree>(
        std::make_shared<const WindowFiles>(WindowFiles{std::move(source), std::move(files)}), std::string());
}

} // namespace shardlens::dduf
