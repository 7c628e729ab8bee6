// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace shardlens {

/// Collects what a format's reader finds and makes an immutable Checkpoint of it. Not thread-safe: files are
/// parsed in parallel into the reader's own structures and added by one thread.
class CheckpointBuilder {
public:
    explicit CheckpointBuilder(const JobContext& context);
    ~CheckpointBuilder();

    CheckpointFacts& facts();
    /// The backend that a built checkpoint got.
    static const CheckpointBackend& backendOf(const Checkpoint& checkpoint);

    FileId addFile(FileRecord file);
    FileRecord& file(FileId id);
    void addRegion(Region region);

    /// The tensor of this name, new or known. Fails with a limit's rule where there are too many or the name
    /// is too long. A new tensor has dtype Unknown, no dims and no slices.
    struct Added {
        TensorId id;
        bool isNew = true;
    };
    Result<Added> addTensor(std::string_view name);
    /// The same for many names, in order, faster than one by one; replaces the content of `added`.
    Result<void> addTensors(std::span<const std::string_view> names, std::vector<Added>& added);
    void reserve(std::size_t tensors, std::size_t slices, std::size_t nameBytes);

    void setDType(TensorId id, DType dtype, std::string_view unknownName = {});
    void setShape(TensorId id, DimsView shape);
    DType dtype(TensorId id) const;
    DimsView shape(TensorId id) const;
    std::string_view name(TensorId id) const;
    std::uint32_t tensorCount() const;
    /// Positions of the separators in the name; separators themselves belong to no part.
    void setCuts(TensorId id, std::span<const std::uint32_t> separators);
    void setStorage(TensorId id, std::uint32_t storage);
    void setFacts(TensorId id, std::vector<Fact> facts);
    /// The facts of another tensor.
    void setFactsLike(TensorId id, TensorId other);

    /// A slice that covers the whole tensor.
    void addWholeSlice(TensorId id, DType dtype, FileId file, ByteRange stored, std::uint32_t detail = 0);
    /// A slice of a box; offset and size have the same number of dims. An invalid file: the metadata names no
    /// bytes.
    void addSlice(TensorId id, DimsView offset, DimsView size, DType dtype, FileId file, ByteRange stored,
                  std::uint32_t detail = 0);

    EntryId addEntry(EntryRecord entry);
    void addAlias(Alias alias);
    void addVerdict(Verdict verdict);
    void setMetadata(Value metadata);
    void setBackend(std::shared_ptr<const CheckpointBackend> backend);

    /// An Error-level finding makes its tensors unreadable.
    void addFinding(Finding finding);
    void addFinding(const Rule& rule, Args args = {}, Location where = {}, Subject subject = {},
                    std::vector<TensorId> tensors = {});

    /// Sorts slices, checks every tensor's coverage (model/coverage.h) and stored ranges against the files'
    /// sizes, and adds those findings. The builder is empty afterwards.
    Result<CheckpointPtr> build();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace shardlens
