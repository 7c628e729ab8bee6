// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_pipeline_tree.h"

#include "formats/diffusers/pipeline.h"

#include <algorithm>
#include <utility>

namespace shardlens::convert {

namespace {

class IndexedTree final : public FileTree {
public:
    IndexedTree(FileTreePtr folder, ByteSourcePtr index)
        : m_folder(std::move(folder))
        , m_index(std::move(index)) {}

    const std::string& displayName() const override { return m_folder->displayName(); }
    std::string fileSystemPath() const override { return m_folder->fileSystemPath(); }

    Result<std::vector<TreeName>> list(std::string_view folder) const override {
        SHARDLENS_TRY(auto names, m_folder->list(folder));
        if (!folder.empty())
            return names;
        std::erase_if(names, [](const TreeName& name) { return name.name == diffusers::IndexName; });
        names.push_back(indexName());
        std::ranges::sort(names, {}, &TreeName::name);
        return names;
    }
    std::optional<TreeName> find(std::string_view path) const override {
        return path == diffusers::IndexName ? indexName() : m_folder->find(path);
    }
    Result<ByteSourcePtr> open(std::string_view path) const override {
        return path == diffusers::IndexName ? m_index : m_folder->open(path);
    }
    Result<FileTreePtr> subtree(std::string_view folder) const override { return m_folder->subtree(folder); }

private:
    TreeName indexName() const {
        TreeName name;
        name.name = diffusers::IndexName;
        name.bytes = m_index->size();
        return name;
    }

    FileTreePtr m_folder;
    ByteSourcePtr m_index;
};

} // namespace

Result<FileTreePtr> withIndex(FileTreePtr folder, const std::string& indexFile) {
    SHARDLENS_TRY(auto index, openFile(indexFile));
    return std::make_shared<IndexedTree>(std::move(folder), std::move(index));
}

} // namespace shardlens::convert
