// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint_builder.h"
#include "model/value_graph.h"
#include "query/name_tree.h"

#include <string>
#include <vector>

namespace shardlens::test {

/// A small model of `layers` layers cut by rows over `ranks` ranks, described in memory. The data is not
/// there.
class SampleCheckpoint {
public:
    explicit SampleCheckpoint(std::uint32_t ranks) : m_builder(JobContext{}), m_ranks(ranks) {
        m_builder.facts().format = Format::DcpSafetensors;
        m_builder.facts().name = "sample";
        for (std::uint32_t rank = 0; rank < ranks; ++rank) {
            FileRecord file;
            file.path = "shard-" + std::to_string(rank) + ".safetensors";
            file.bytes = std::uint64_t{1} << 40;
            file.rank = rank;
            m_files.push_back(m_builder.addFile(std::move(file)));
        }
    }

    CheckpointBuilder& builder() { return m_builder; }
    FileId file(std::uint32_t rank) const { return m_files[rank]; }

    TensorId declare(const std::string& name, const Dims& shape, DType dtype = DType::BF16) {
        const auto id = m_builder.addTensor(name)->id;
        m_builder.setDType(id, dtype);
        m_builder.setShape(id, shape);
        return id;
    }
    void slice(TensorId id, const Dims& offset, const Dims& size, std::uint32_t rank) {
        std::uint64_t bytes = bitsOf(m_builder.dtype(id)) / 8;
        for (const auto dim : size)
            bytes *= dim;
        m_builder.addSlice(id, offset, size, m_builder.dtype(id), m_files[rank], {m_at, m_at + bytes});
        m_at += bytes;
    }
    TensorId byRows(const std::string& name, const Dims& shape) {
        const auto id = declare(name, shape);
        const auto rows = (shape[0] + m_ranks - 1) / m_ranks;
        for (std::uint32_t rank = 0; rank < m_ranks && rank * rows < shape[0]; ++rank) {
            Dims offset(shape.size(), 0), size(shape);
            offset[0] = rank * rows;
            size[0] = std::min(rows, shape[0] - offset[0]);
            slice(id, offset, size, rank);
        }
        return id;
    }
    void layers(std::uint32_t count) {
        byRows("model.embed_tokens.weight", {640, 64});
        for (std::uint32_t layer = 0; layer < count; ++layer) {
            const auto prefix = "model.layers." + std::to_string(layer) + ".";
            byRows(prefix + "self_attn.q_proj.weight", {64, 64});
            byRows(prefix + "self_attn.o_proj.weight", {64, 64});
            byRows(prefix + "mlp.gate_proj.weight", {256, 64});
            byRows(prefix + "mlp.up_proj.weight", {256, 64});
            byRows(prefix + "mlp.down_proj.weight", {64, 256});
            byRows(prefix + "input_layernorm.weight", {64});
        }
        byRows("lm_head.weight", {640, 64});
    }
    EntryId entry(const std::string& name) {
        EntryRecord record;
        record.name = name;
        record.typeName = "dict";
        return m_builder.addEntry(std::move(record));
    }

    CheckpointPtr build() { return *m_builder.build(); }

private:
    CheckpointBuilder m_builder;
    std::uint32_t m_ranks;
    std::vector<FileId> m_files;
    std::uint64_t m_at = 4096;
};

inline NameTreePtr namesOf(const CheckpointPtr& checkpoint) {
    return *NameTree::build(checkpoint, JobContext{});
}

} // namespace shardlens::test
