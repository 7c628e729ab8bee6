// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/metadata_file.h"
#include "formats/dcp/seeded_map.h"
#include "io/file_tree.h"
#include "model/checkpoint_builder.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace shardlens::dcp {

/// The data files that the metadata names, each opened once, when it is first named. Paths pass the path
/// guard; one that does not has no file, and is reported with all the tensors that it would have held.
class FileTable {
public:
    FileTable(CheckpointBuilder& builder, const FileTree& folder) : m_builder(builder), m_folder(folder) {}

    struct File {
        std::string path;
        FileId id;            ///< invalid where the path is refused
        Result<void> problem; ///< why it cannot be read
        bool missing = false;
        std::uint64_t bytes = 0;
        ByteSourcePtr source;
        std::vector<TensorId> tensors; ///< filled for files with a problem alone
        std::uint64_t values = 0;
    };

    /// The number of the file of this path.
    std::uint32_t get(std::string_view path);
    const File& at(std::uint32_t file) const { return m_files[file]; }
    std::uint32_t count() const { return static_cast<std::uint32_t>(m_files.size()); }
    bool knows(std::string_view path) const { return m_byPath.contains(std::string(path)); }

    /// A tensor or value that lies in the file; noted where the file has a problem.
    void noteTensor(std::uint32_t file, TensorId tensor);
    void noteValue(std::uint32_t file);
    /// One finding a file with a problem.
    void report();

private:
    File open(std::string_view path);

    CheckpointBuilder& m_builder;
    const FileTree& m_folder;
    std::vector<File> m_files;
    std::unordered_map<std::string, std::uint32_t, SeededHash> m_byPath;
};

} // namespace shardlens::dcp
