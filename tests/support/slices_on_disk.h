// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint_builder.h"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::test {

/// A checkpoint of slices in real files, each holding the raw elements of its slices one after the other.
/// What its tensors hold is remembered, so that a test can compare.
class SlicesOnDisk {
public:
    /// `folder` exists.
    explicit SlicesOnDisk(std::string folder, std::uint64_t seed = 1)
        : m_folder(std::move(folder))
        , m_random(seed) {}

    struct Tensor {
        std::string name;
        DType dtype = DType::Unknown;
        Dims shape;
        std::vector<std::byte> data;
        std::vector<std::pair<Dims, Dims>>
            boxes; ///< offset and size; the i-th lies in file i modulo the files
    };

    /// A tensor of random bytes (any pattern of a float is a value) cut along one dim into equal parts.
    void add(std::string name, DType dtype, const Dims& shape, std::size_t cutDim = 0,
             std::uint64_t parts = 1) {
        Tensor tensor{std::move(name), dtype, shape, {}, {}};
        tensor.data.resize(*packedBytes(dtype, elementCount(shape)));
        for (auto& byte : tensor.data)
            byte = static_cast<std::byte>(m_random());
        for (std::uint64_t part = 0; part != parts; ++part) {
            Dims offset(shape.size(), 0), size = shape;
            if (!shape.empty()) {
                const auto begin = shape[cutDim] * part / parts, end = shape[cutDim] * (part + 1) / parts;
                offset[cutDim] = begin;
                size[cutDim] = end - begin;
            }
            tensor.boxes.emplace_back(std::move(offset), std::move(size));
        }
        m_tensors.push_back(std::move(tensor));
    }

    std::vector<Tensor>& tensors() { return m_tensors; }
    const Tensor& tensor(const std::string& name) const {
        for (const auto& tensor : m_tensors)
            if (tensor.name == name)
                return tensor;
        std::abort();
    }
    std::string path(std::size_t file) const { return m_folder + "/slices-" + std::to_string(file) + ".bin"; }

    /// Writes the files and describes them; `more` may add to the builder before it builds.
    template <typename More>
    CheckpointPtr build(std::size_t files, More more) {
        std::vector<std::string> contents(files);
        struct Placed {
            std::size_t tensor, box, file;
            ByteRange range;
        };
        std::vector<Placed> placed;
        for (std::size_t t = 0; t != m_tensors.size(); ++t)
            for (std::size_t b = 0; b != m_tensors[t].boxes.size(); ++b) {
                auto& content = contents[b % files];
                const auto begin = content.size();
                appendBox(m_tensors[t], m_tensors[t].boxes[b], content);
                placed.push_back({t, b, b % files, {begin, content.size()}});
            }
        CheckpointBuilder builder{JobContext{}};
        builder.facts().format = Format::DcpSafetensors;
        builder.facts().folder = m_folder;
        for (std::size_t i = 0; i != files; ++i) {
            std::ofstream(path(i), std::ios::binary) << contents[i];
            FileRecord record;
            record.path = path(i).substr(m_folder.size() + 1);
            record.bytes = contents[i].size();
            record.source = *openFile(path(i));
            builder.addFile(std::move(record));
        }
        for (const auto& place : placed) {
            const auto& tensor = m_tensors[place.tensor];
            const auto id = builder.addTensor(tensor.name)->id;
            builder.setDType(id, tensor.dtype);
            builder.setShape(id, tensor.shape);
            builder.addSlice(id, tensor.boxes[place.box].first, tensor.boxes[place.box].second, tensor.dtype,
                             FileId(place.file), place.range);
        }
        more(builder);
        return *builder.build();
    }
    CheckpointPtr build(std::size_t files = 1) {
        return build(files, [](CheckpointBuilder&) {});
    }

private:
    static void appendBox(const Tensor& tensor, const std::pair<Dims, Dims>& box, std::string& out) {
        const auto bytes = std::size_t{bitsOf(tensor.dtype)} / 8;
        const auto count = elementCount(box.second);
        for (std::uint64_t i = 0; i != count; ++i) {
            std::uint64_t rest = i, position = 0, step = 1;
            for (auto d = tensor.shape.size(); d-- != 0;) {
                position += (box.first[d] + rest % box.second[d]) * step;
                rest /= box.second[d];
                step *= tensor.shape[d];
            }
            out.append(reinterpret_cast<const char*>(tensor.data.data()) + position * bytes, bytes);
        }
    }

    std::string m_folder;
    std::mt19937_64 m_random;
    std::vector<Tensor> m_tensors;
};

} // namespace shardlens::test
