// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/raw_header.h"

namespace shardlens::safetensors {

DType formatDType(std::string_view text) {
    const auto dtype = dtypeFromName(text);
    return dtype && info(*dtype).inSafetensors ? *dtype : DType::Unknown;
}

void RawHeader::setDType(std::string_view text, std::uint32_t at) {
    dtypeAt.back() = at;
    // Neighbours mostly have the same dtype, and looking one up costs more than comparing.
    if (const auto n = dtype.size(); n > 1 && dtype[n - 2] != DType::Unknown && name(dtype[n - 2]) == text) {
        dtype.back() = dtype[n - 2];
        return;
    }
    dtype.back() = formatDType(text);
    if (dtype.back() == DType::Unknown)
        unknownDTypes.insert_or_assign(count() - 1, std::string(text));
}

void RawHeader::reserve(std::size_t entries, std::size_t nameBytes) {
    names.reserve(entries, nameBytes);
    for (auto* column : {&nameAt, &dtypeAt, &shapeAt, &offsetsAt})
        column->reserve(entries);
    dtype.reserve(entries);
    dims.reserve(entries * 2);
    for (auto* column : {&dimsEnd, &begin, &end})
        column->reserve(entries);
}

} // namespace shardlens::safetensors
