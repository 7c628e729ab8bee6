// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/metadata_file.h"
#include "formats/dcp/planned_slice.h"
#include "formats/dcp/seeded_map.h"
#include "formats/dcp/tensor_properties.h"
#include "model/checkpoint_builder.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace shardlens::dcp {

/// The facts that the metadata keeps of each tensor: its properties, `MetadataIndex.index` of its slices, and
/// Megatron-Core's logical shape.
class TensorFacts {
public:
    TensorFacts(CheckpointBuilder& builder, const std::vector<MetadataFile>& metadata)
        : m_builder(builder)
        , m_metadata(metadata) {}

    /// A new tensor with its slices. `properties` stays where it is for tensors of the same properties.
    void add(std::uint32_t metadata, TensorId tensor, const TensorProperties& properties,
             std::span<const PlannedSlice> slices);
    /// Gives tensors of several metadata files their facts, once all slices are known.
    void finish(std::span<const PlannedSlice> all);

    /// Tensors that are stored as grids of fragments.
    const std::vector<TensorId>& reformulated() const { return m_reformulated; }

private:
    struct Waiting {
        TensorId tensor;
        const TensorProperties* properties = nullptr;
        std::string logicalShape;
        std::vector<std::int64_t> hints;
    };

    std::string logicalShape(std::uint32_t metadata, TensorId tensor);
    void set(TensorId tensor, const TensorProperties& properties, const std::string& indexes,
             const std::string& logicalShape);

    CheckpointBuilder& m_builder;
    const std::vector<MetadataFile>& m_metadata;
    // A tensor that has these facts: most have those of the one before or of a few others.
    std::map<std::tuple<const TensorProperties*, std::string, std::string>, TensorId> m_known;
    std::map<std::uint32_t, TextMap<pickle::Node>> m_mcore; // mcore_data by name, a metadata file each
    std::vector<Waiting> m_waiting;                         // with several metadata files
    std::vector<std::int64_t> m_hints;
    std::vector<TensorId> m_reformulated;
};

} // namespace shardlens::dcp
