// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/safetensors/writer.h"

#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::test {

/// One rank's file as PyTorch's HuggingFaceStorageWriter lays it out.
class RankFile {
public:
    void add(const std::string& name, DType dtype, Dims size, const Dims& offset, std::string data) {
        m_names.push_back(name);
        m_dtypes.push_back(dtype);
        m_sizes.push_back(std::move(size));
        m_data += data;
        m_info += m_info.size() == 1 ? "" : ", ";
        m_info += "\"" + name + "\": {\"saved_offsets\": [";
        for (std::size_t i = 0; i != offset.size(); ++i)
            m_info += (i == 0 ? "" : ", ") + std::to_string(offset[i]);
        m_info += "]}";
    }
    void setInfo(std::string info) { m_given = std::move(info); }

    void write(const std::string& path) {
        std::vector<safetensors::TensorToWrite> tensors;
        for (std::size_t i = 0; i != m_names.size(); ++i)
            tensors.push_back({m_names[i], m_dtypes[i], m_sizes[i]});
        safetensors::WriterOptions options;
        options.metadata = {
            {"format", "pt"}, {"DCP_VERSION", "1.0"}, {"DCP_SHARDING_INFO", m_given.value_or(m_info + "}")}};
        const auto header = *safetensors::buildHeader(tensors, options);
        std::ofstream(path, std::ios::binary)
            << std::string(reinterpret_cast<const char*>(header.bytes.data()), header.bytes.size()) << m_data;
    }

private:
    std::vector<std::string> m_names;
    std::vector<DType> m_dtypes;
    std::vector<Dims> m_sizes;
    std::string m_data, m_info = "{";
    std::optional<std::string> m_given;
};

} // namespace shardlens::test
