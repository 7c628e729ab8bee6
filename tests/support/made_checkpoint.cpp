// SPDX-License-Identifier: Apache-2.0
#include "support/made_checkpoint.h"

#include <algorithm>
#include <cstdlib>

namespace shardlens::test {

namespace {

class Maker {
public:
    CheckpointPtr make(const std::vector<MadeTensor>& tensors, const std::vector<EntryRecord>& entries) {
        std::size_t bytes = 0;
        for (const auto& tensor : tensors)
            bytes += tensor.name.size();
        m_builder.reserve(tensors.size(), tensors.size(), bytes);
        std::uint32_t last = 0;
        for (const auto& tensor : tensors)
            for (const auto file : tensor.files)
                last = std::max(last, file);
        for (std::uint32_t i = 0; i <= last; ++i)
            addFile(i);
        m_used.resize(last + 1);
        for (const auto& tensor : tensors)
            add(tensor);
        for (const auto& entry : entries)
            m_builder.addEntry(entry);
        for (std::uint32_t i = 0; i <= last; ++i)
            m_builder.file(FileId(i)).bytes = m_used[i];
        auto built = m_builder.build();
        if (!built)
            std::abort();
        return *built;
    }

private:
    void addFile(std::uint32_t rank) {
        FileRecord file;
        file.path = "part-" + std::to_string(rank) + ".safetensors";
        file.rank = rank;
        m_builder.addFile(std::move(file));
    }

    ByteRange take(std::uint32_t file, DType dtype, DimsView size) {
        const auto begin = m_used[file];
        m_used[file] += packedBytes(dtype, elementCount(size)).value_or(0);
        return {begin, m_used[file]};
    }

    void add(const MadeTensor& tensor) {
        const auto added = m_builder.addTensor(tensor.name);
        if (!added)
            std::abort();
        m_builder.setDType(added->id, tensor.dtype);
        m_builder.setShape(added->id, tensor.shape);
        if (tensor.files.size() == 1) {
            const auto file = tensor.files.front();
            m_builder.addWholeSlice(added->id, tensor.dtype, FileId(file),
                                    take(file, tensor.dtype, tensor.shape));
            return;
        }
        const auto parts = tensor.files.size();
        Dims offset(tensor.shape.size()), size = tensor.shape;
        for (std::size_t part = 0; part < parts; ++part) {
            const auto end = tensor.shape[0] * (part + 1) / parts;
            size[0] = end - offset[0];
            const auto file = tensor.files[part];
            m_builder.addSlice(added->id, offset, size, tensor.dtype, FileId(file),
                               take(file, tensor.dtype, size));
            offset[0] = end;
        }
    }

    CheckpointBuilder m_builder{JobContext{}};
    std::vector<std::uint64_t> m_used;
};

} // namespace

CheckpointPtr makeCheckpoint(const std::vector<MadeTensor>& tensors,
                             const std::vector<EntryRecord>& entries) {
    return Maker().make(tensors, entries);
}

CheckpointPtr makeNamed(const std::vector<std::string>& names) {
    std::vector<MadeTensor> tensors;
    tensors.reserve(names.size());
    for (const auto& name : names)
        tensors.push_back({.name = name});
    return makeCheckpoint(tensors);
}

} // namespace shardlens::test
