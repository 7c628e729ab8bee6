// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/box.h"
#include "model/dtype.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace shardlens::convert {

/// A tensor of a sample: its values follow from its name and their places alone.
struct SampleTensor {
    std::string name;
    DType dtype = DType::BF16;
    Dims shape;
    double mean = 0;
    double deviation = 0.02;
};

/// A model like Llama: a dozen layers, 2.3 million parameters.
std::vector<SampleTensor> sampleLanguageModel();
/// Components of an image pipeline.
std::vector<SampleTensor> sampleUnet();
std::vector<SampleTensor> sampleDecoder();
std::vector<SampleTensor> sampleTextEncoder();

/// The elements of a box of the tensor, row-major and packed.
std::vector<std::byte> sampleValues(const SampleTensor& tensor, const Box& box);

} // namespace shardlens::convert
