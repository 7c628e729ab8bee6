// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/id.h"
#include "base/result.h"
#include "io/byte_source.h"
#include "model/box.h"
#include "model/columns.h"
#include "model/dtype.h"
#include "model/finding.h"
#include "model/format.h"
#include "model/payload.h"
#include "model/value.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

class Checkpoint;
class CheckpointBuilder;
using CheckpointPtr = std::shared_ptr<const Checkpoint>;

/// One tensor, as a view on a checkpoint's columns; valid as long as the checkpoint.
class TensorView {
public:
    TensorId id() const { return m_id; }
    std::string_view name() const; ///< raw bytes of the name (FQN), unique in the checkpoint
    DType dtype() const;
    std::string_view dtypeName() const; ///< as the file says it, also for Unknown
    DimsView shape() const;
    std::uint64_t elements() const; ///< 0 where the product does not fit (then the tensor is unreadable)
    std::uint64_t bytes() const;    ///< packed size of all elements
    bool readable() const;          ///< nothing is known that prevents reading it whole
    /// The finding that makes it unreadable.
    std::optional<FindingId> problem() const;
    std::uint32_t sliceCount() const;
    SliceId slice(std::uint32_t index) const; ///< sorted by offset, then by file
    /// Tensors with the same storage id view the same memory (torch.save); nothing where not known or alone.
    std::optional<std::uint32_t> storage() const;
    /// Facts that the writer kept (requires_grad, layout, memory format, …), in order of display.
    std::span<const Fact> facts() const;
    /// The parts of the name's path: where a tree branches. Planner data, a component, else dots decide.
    std::vector<std::string_view> path() const;
    std::uint32_t pathLength() const;
    std::string_view pathPart(std::uint32_t index) const;

private:
    friend class Checkpoint;
    TensorView(const Checkpoint* checkpoint, TensorId id) : m_checkpoint(checkpoint), m_id(id) {}
    const std::vector<std::uint32_t>* ownCuts() const; // null: dots
    const Checkpoint* m_checkpoint;
    TensorId m_id;
};

/// A box of a tensor and the stored bytes that hold it.
struct Slice {
    TensorId tensor;
    Box box; ///< a view on the checkpoint's columns
    DType dtype = DType::Unknown;
    FileId file;              ///< invalid where the metadata names no bytes for it (missing)
    ByteRange stored;         ///< in the physical file, never in a nested container
    std::uint32_t detail = 0; ///< the backend's own
};

/// What a format's reader knows beyond the columns. Immutable, safe from many threads.
class CheckpointBackend {
public:
    virtual ~CheckpointBackend() = default;
    /// The default takes the stored range for plain elements, and fails where it does not have their size.
    virtual Result<Payload> payload(const Checkpoint& checkpoint, SliceId slice) const;
    /// Decodes an entry. The default reads texts and raw bytes as they are and has no decoder for the rest.
    virtual Result<Value> value(const Checkpoint& checkpoint, EntryId entry) const;
};

/// An opened checkpoint: an immutable description, the same for every format. No data, no caches.
class Checkpoint {
public:
    Format format() const { return m_facts.format; }
    const CheckpointFacts& facts() const { return m_facts; }

    std::uint32_t tensorCount() const { return static_cast<std::uint32_t>(m_tensors.dtype.size()); }
    TensorView tensor(TensorId id) const { return {this, id}; }
    std::optional<TensorId> findTensor(std::string_view name) const; ///< exact
    std::uint64_t parameters() const { return m_parameters; }        ///< elements of all tensors
    std::uint64_t bytes() const { return m_bytes; } ///< of all tensors, replicas counted once

    std::uint32_t sliceCount() const { return static_cast<std::uint32_t>(m_slices.begin.size()); }
    Slice slice(SliceId id) const;
    /// How the slice's elements lie in its file. May open the file and read a few KiB.
    Result<Payload> payload(SliceId id) const;

    std::uint32_t fileCount() const { return static_cast<std::uint32_t>(m_files.size()); }
    const FileRecord& file(FileId id) const { return m_files[id.index()]; }
    Result<ByteSourcePtr> source(FileId id) const;
    /// Parts of a file that are no tensors' data, sorted by position: headers, padding, records, directories.
    std::span<const Region> regions(FileId id) const;

    std::uint32_t entryCount() const { return static_cast<std::uint32_t>(m_entries.size()); }
    const EntryRecord& entry(EntryId id) const { return m_entries[id.index()]; }
    std::optional<EntryId> findEntry(std::string_view name) const;
    /// Decodes the entry's value; may read its file.
    Result<Value> value(EntryId id) const;

    /// The format's own metadata (`__metadata__`, DCP's facts): a Dict.
    const Value& metadata() const { return m_metadata; }
    /// Other names of tensors: `dropped` is recorded as the same tensor as `kept`.
    std::span<const Alias> aliases() const { return m_aliases; }
    const Findings& findings() const { return m_findings; }
    std::span<const Verdict> verdicts() const { return m_verdicts; }
    /// Tensors in the order that writers keep (the index's, else the files'), as the builder got them.
    /// TensorId 0 … n-1 is that order.

private:
    friend class CheckpointBuilder;
    friend class TensorView;
    Checkpoint() = default;

    CheckpointFacts m_facts;
    TensorColumns m_tensors;
    SliceColumns m_slices;
    std::vector<FileRecord> m_files;
    std::vector<Region> m_regions;            // sorted by file, then by position
    std::vector<std::uint32_t> m_regionStart; // a file each, and the end
    std::vector<EntryRecord> m_entries;
    std::vector<Alias> m_aliases;
    std::vector<Verdict> m_verdicts;
    Value m_metadata;
    Findings m_findings;
    std::shared_ptr<const CheckpointBackend> m_backend;
    std::uint64_t m_parameters = 0;
    std::uint64_t m_bytes = 0;
};

} // namespace shardlens
