// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/hub/add_weight_set.h"
#include "formats/hub/finding_limit.h"
#include "formats/hub/index_join.h"
#include "formats/hub/shard_set.h"
#include "model/checkpoint_builder.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::hub {

/// What the steps of addWeightSet share: the set as read, and which ids its files and tensors got.
struct SetAssembly {
    CheckpointBuilder& builder;
    const ShardSet& set;
    const SetPlace& place;
    const JobContext& context;
    FindingLimit findings;

    IndexJoin join;                         ///< empty where there is no index
    std::vector<FileId> files;              ///< of the shards
    std::vector<std::uint64_t> begins;      ///< of the shards, in those files
    std::vector<std::vector<TensorId>> ids; ///< of each shard's tensors
    std::uint32_t firstTensor = 0;          ///< the builder's tensors from here on are this set's

    SetAssembly(CheckpointBuilder& intoBuilder, const ShardSet& ofSet, const SetPlace& atPlace,
                const JobContext& inContext)
        : builder(intoBuilder)
        , set(ofSet)
        , place(atPlace)
        , context(inContext)
        , findings(intoBuilder, [this](Location& where) { place.locate(where); })
        , firstTensor(intoBuilder.tensorCount()) {}
    SetAssembly(const SetAssembly&) = delete;
    SetAssembly& operator=(const SetAssembly&) = delete;

    /// A tensor of the set, by its name without the prefix.
    Result<CheckpointBuilder::Added> addTensor(std::string_view name);
    /// Many at once; replaces the content of `added`.
    Result<void> addTensors(std::span<const std::string_view> names,
                            std::vector<CheckpointBuilder::Added>& added);
    Subject about(std::size_t shard) const {
        return {.kind = Subject::Kind::File, .id = files[shard].value()};
    }
    std::string path(std::string_view file) const { return place.filePrefix + std::string(file); }
    /// Bytes of a shard in the file that holds it.
    ByteRange stored(std::size_t shard, ByteRange inShard) const {
        return {begins[shard] + inShard.begin, begins[shard] + inShard.end};
    }
    Location inFile(std::size_t shard, std::string_view item = {}) const {
        return {.file = path(set.shards[shard].name), .offset = {}, .item = std::string(item)};
    }

private:
    std::string m_name;
};

/// Adds tensors that lie whole in one file each, in the index's order, then in the files'.
Result<void> assembleWhole(SetAssembly& assembly);
/// Adds tensors of which some are cut into slices, in the files' order.
Result<void> assembleSlices(SetAssembly& assembly);
/// What index, file names and headers contradict each other in; after the tensors were added.
void addIndexFindings(SetAssembly& assembly);
void addFileFindings(SetAssembly& assembly, const WeightSet& set);
void addSliceFindings(SetAssembly& assembly);

} // namespace shardlens::hub
