// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint_builder.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::test {

/// A backend whose payloads the test has chosen: `detail` of a slice is the payload's index.
class ChosenPayloads final : public CheckpointBackend {
public:
    std::vector<Payload> payloads;

    Result<Payload> payload(const Checkpoint& checkpoint, SliceId slice) const override {
        return payloads[checkpoint.slice(slice).detail];
    }
};

/// Plain elements.
inline Payload plainPayload(FileId file, ByteRange bytes, DType dtype) {
    Payload payload;
    payload.file = file;
    payload.bytes = bytes;
    payload.dtype = dtype;
    return payload;
}

/// Builds checkpoints in memory whose slices lie in their files in any way a payload can say.
class CheckpointOfPayloads {
public:
    CheckpointOfPayloads() : m_builder(JobContext{}), m_backend(std::make_shared<ChosenPayloads>()) {
        m_builder.facts().format = Format::Dcp;
        m_builder.facts().name = "test";
    }

    CheckpointBuilder& builder() { return m_builder; }

    FileId file(std::string name, std::vector<std::byte> bytes) {
        const auto size = bytes.size();
        auto source = memorySource(name, std::move(bytes));
        return addFile(std::move(name), size, std::move(source));
    }
    FileId file(std::string name, ByteSourcePtr source) {
        const auto size = source->size();
        return addFile(std::move(name), size, std::move(source));
    }

    FileId missingFile(std::string name, std::uint64_t bytes) {
        FileRecord record;
        record.path = std::move(name);
        record.bytes = bytes;
        record.missing = true;
        return m_builder.addFile(std::move(record));
    }

    TensorId tensor(std::string_view name, DType dtype, const Dims& shape) {
        const auto id = m_builder.addTensor(name)->id;
        m_builder.setDType(id, dtype);
        m_builder.setShape(id, shape);
        return id;
    }

    void slice(TensorId tensor, const Dims& offset, const Dims& size, Payload payload) {
        m_backend->payloads.push_back(payload);
        m_builder.addSlice(tensor, offset, size, payload.dtype, payload.file, payload.bytes,
                           static_cast<std::uint32_t>(m_backend->payloads.size() - 1));
    }

    CheckpointPtr build() {
        m_builder.setBackend(m_backend);
        auto built = m_builder.build();
        return built ? *built : nullptr;
    }

private:
    FileId addFile(std::string name, std::uint64_t bytes, ByteSourcePtr source) {
        FileRecord record;
        record.path = std::move(name);
        record.bytes = bytes;
        record.source = std::move(source);
        return m_builder.addFile(std::move(record));
    }

    CheckpointBuilder m_builder;
    std::shared_ptr<ChosenPayloads> m_backend;
};

} // namespace shardlens::test
