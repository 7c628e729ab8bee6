// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/field.h"
#include "formats/dcp/file_table.h"
#include "formats/dcp/metadata_file.h"
#include "formats/dcp/planned_slice.h"
#include "formats/dcp/planner_paths.h"
#include "formats/dcp/safetensors_part.h"
#include "formats/dcp/storage_index.h"
#include "formats/dcp/tensor_facts.h"
#include "formats/dcp/tensor_properties.h"
#include "model/checkpoint_builder.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::dcp {

/// A value, and where each metadata file that names it says it lies.
struct PlannedValue {
    std::string name;
    EntryId entry; ///< its number; the builder gets the record at the end
    EntryRecord record;
    std::vector<std::pair<std::uint32_t, const StoredItem*>> places;
};

/// Takes tensors, slices and values out of the metadata files of one checkpoint, the lowest rank's first.
class Describer {
public:
    Describer(CheckpointBuilder& builder, const std::vector<MetadataFile>& metadata, const FileTree& folder,
              const JobContext& context);

    /// Fills the builder with everything but what the slices of planned() become.
    Result<void> read();
    /// Adds the planned slices and the findings about files.
    Result<void> finish();

    std::vector<PlannedSlice>& planned() { return m_slices; }
    std::vector<PlannedValue>& values() { return m_values; }
    FileTable& files() { return m_files; }
    const std::vector<StorageIndex>& storage() const { return m_storage; }
    const std::vector<MetadataFile>& metadata() const { return m_metadata; }
    const SafetensorsPart* part(std::uint32_t file) const;

private:
    struct TensorFields {
        Field properties{"properties"}, size{"size"}, chunks{"chunks"}, offsets{"offsets"}, sizes{"sizes"};
    };

    Result<void> readParts();
    Result<void> readOne(std::uint32_t metadata);
    Result<void> addTensor(std::uint32_t metadata, pickle::Node name, pickle::Node object, pickle::Node size);
    void addValue(std::uint32_t metadata, pickle::Node name);
    void addChunks(std::uint32_t metadata, TensorId tensor, std::string_view name, pickle::Node chunks,
                   bool isNew, std::uint64_t lastTimes);
    void planSlice(PlannedSlice slice, bool isNew);
    const TensorProperties& propertiesOf(std::uint32_t metadata, pickle::Node object);
    void badTensor(TensorId tensor, std::string_view name, std::string reason);
    void addSlice(const PlannedSlice& slice, Dims& offset, Dims& size);
    void addPartSlice(const PlannedSlice& slice, const SafetensorsPart& part, DimsView offset, DimsView size);
    void reportCollected();

    CheckpointBuilder& m_builder;
    const std::vector<MetadataFile>& m_metadata;
    const JobContext& m_context;
    FileTable m_files;
    TensorFacts m_facts;
    std::vector<StorageIndex> m_storage;
    std::vector<std::unique_ptr<SafetensorsPart>> m_parts; // by file; null for most
    std::vector<PlannedSlice> m_slices;
    std::vector<PlannedValue> m_values;
    std::map<std::string, std::size_t, std::less<>> m_valueOfName;
    std::map<std::pair<TensorId, std::pair<Dims, Dims>>, std::size_t>
        m_sliceOfBox; // with several metadata files

    TensorFields m_fields;
    std::unique_ptr<PlannerPaths> m_paths;
    // Properties by metadata file and the nodes of their state: most tensors of a model share a handful.
    std::map<std::vector<std::uint64_t>, TensorProperties> m_properties;

    std::vector<TensorId> m_withoutBytes;
    std::uint64_t m_slicesWithoutBytes = 0;
    std::vector<TensorId> m_unknownDTypes;
    std::string m_unknownDTypeNames;
    std::vector<TensorId> m_unknownTransforms;
    std::uint64_t m_valuesWithTransform = 0;
    struct Lost {
        std::vector<TensorId> tensors;
        std::uint64_t slices = 0;
        std::string name, offset;
    };
    std::map<std::uint32_t, Lost> m_lost; // slices that their file's safetensors part does not have
};

} // namespace shardlens::dcp
