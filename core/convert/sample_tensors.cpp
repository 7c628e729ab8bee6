// SPDX-License-Identifier: Apache-2.0
#include "convert/sample_tensors.h"

#include "data/cast.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace shardlens::convert {

namespace {

std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

std::uint64_t seedOf(std::string_view name) {
    std::uint64_t seed = 0x9e3779b97f4a7c15u;
    for (const char c : name)
        seed = mix(seed ^ static_cast<unsigned char>(c));
    return seed;
}

/// Close to a normal distribution of deviation 1: four uniform numbers, out of the 64 bits of one draw.
double normalLike(std::uint64_t seed, std::uint64_t place) {
    const auto bits = mix(seed + place * 0x9e3779b97f4a7c15u);
    double sum = 0;
    for (unsigned shift = 0; shift < 64; shift += 16)
        sum += static_cast<double>((bits >> shift) & 0xffffu) / 65535.0 - 0.5;
    return sum * std::sqrt(3.0);
}

/// A matrix of a linear layer, initialised as usual by the width of its input.
SampleTensor linear(std::string name, std::uint64_t out, std::uint64_t in) {
    return {std::move(name), DType::BF16, {out, in}, 0, 1 / std::sqrt(static_cast<double>(in))};
}

SampleTensor norm(std::string name, std::uint64_t width) {
    return {std::move(name), DType::F32, {width}, 1, 0.05};
}

void addConvolution(std::vector<SampleTensor>& out, const std::string& name, std::uint64_t channelsOut,
                    std::uint64_t channelsIn, std::uint64_t kernel) {
    const auto fan = static_cast<double>(channelsIn * kernel * kernel);
    out.push_back(
        {name + ".weight", DType::F16, {channelsOut, channelsIn, kernel, kernel}, 0, 1 / std::sqrt(fan)});
    out.push_back({name + ".bias", DType::F16, {channelsOut}, 0, 0.01});
}

void addResnet(std::vector<SampleTensor>& out, const std::string& name, std::uint64_t channels) {
    for (const auto* part : {".conv1", ".conv2"})
        addConvolution(out, name + part, channels, channels, 3);
    for (const auto* part : {".norm1", ".norm2"}) {
        out.push_back({name + part + ".weight", DType::F16, {channels}, 1, 0.05});
        out.push_back({name + part + ".bias", DType::F16, {channels}, 0, 0.01});
    }
}

} // namespace

std::vector<SampleTensor> sampleLanguageModel() {
    constexpr std::uint64_t vocabulary = 509, width = 128, keys = 64, inner = 352, layers = 12;
    std::vector<SampleTensor> out;
    out.push_back({"model.embed_tokens.weight", DType::BF16, {vocabulary, width}, 0, 0.02});
    for (std::uint64_t layer = 0; layer < layers; ++layer) {
        const auto prefix = "model.layers." + std::to_string(layer) + ".";
        out.push_back(norm(prefix + "input_layernorm.weight", width));
        out.push_back(linear(prefix + "self_attn.q_proj.weight", width, width));
        out.push_back(linear(prefix + "self_attn.k_proj.weight", keys, width));
        out.push_back(linear(prefix + "self_attn.v_proj.weight", keys, width));
        out.push_back(linear(prefix + "self_attn.o_proj.weight", width, width));
        out.push_back(norm(prefix + "post_attention_layernorm.weight", width));
        out.push_back(linear(prefix + "mlp.gate_proj.weight", inner, width));
        out.push_back(linear(prefix + "mlp.up_proj.weight", inner, width));
        out.push_back(linear(prefix + "mlp.down_proj.weight", width, inner));
    }
    out.push_back(norm("model.norm.weight", width));
    out.push_back(linear("lm_head.weight", vocabulary, width));
    return out;
}

std::vector<SampleTensor> sampleUnet() {
    std::vector<SampleTensor> out;
    addConvolution(out, "conv_in", 32, 4, 3);
    for (int block = 0; block < 3; ++block)
        for (int layer = 0; layer < 2; ++layer)
            addResnet(out, "down_blocks." + std::to_string(block) + ".resnets." + std::to_string(layer), 32);
    addResnet(out, "mid_block.resnets.0", 32);
    for (int block = 0; block < 3; ++block)
        for (int layer = 0; layer < 3; ++layer)
            addResnet(out, "up_blocks." + std::to_string(block) + ".resnets." + std::to_string(layer), 32);
    addConvolution(out, "conv_out", 4, 32, 3);
    return out;
}

std::vector<SampleTensor> sampleDecoder() {
    std::vector<SampleTensor> out;
    for (const auto* half : {"encoder", "decoder"}) {
        const std::string prefix = std::string(half) + ".";
        addConvolution(out, prefix + "conv_in", 16, half[0] == 'e' ? 3 : 4, 3);
        for (int layer = 0; layer < 2; ++layer)
            addResnet(out, prefix + "mid_block.resnets." + std::to_string(layer), 16);
        addConvolution(out, prefix + "conv_out", half[0] == 'e' ? 8 : 3, 16, 3);
    }
    return out;
}

std::vector<SampleTensor> sampleTextEncoder() {
    constexpr std::uint64_t width = 64;
    std::vector<SampleTensor> out;
    out.push_back({"text_model.embeddings.token_embedding.weight", DType::F16, {512, width}, 0, 0.02});
    out.push_back({"text_model.embeddings.position_embedding.weight", DType::F16, {77, width}, 0, 0.01});
    for (int layer = 0; layer < 4; ++layer) {
        const auto prefix = "text_model.encoder.layers." + std::to_string(layer) + ".";
        for (const auto* part :
             {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj"}) {
            out.push_back({prefix + part + ".weight", DType::F16, {width, width}, 0, 0.125});
            out.push_back({prefix + part + ".bias", DType::F16, {width}, 0, 0.01});
        }
    }
    out.push_back({"text_model.final_layer_norm.weight", DType::F16, {width}, 1, 0.05});
    return out;
}

std::vector<std::byte> sampleValues(const SampleTensor& tensor, const Box& box) {
    const auto seed = seedOf(tensor.name);
    const auto count = elementCount(box.size);
    std::vector<float> values(count);
    std::vector<std::uint64_t> index(box.offset.begin(), box.offset.end());
    for (auto& value : values) {
        std::uint64_t place = 0;
        for (std::size_t dim = 0; dim < index.size(); ++dim)
            place = place * tensor.shape[dim] + index[dim];
        value = static_cast<float>(tensor.mean + tensor.deviation * normalLike(seed, place));
        for (auto dim = index.size(); dim > 0 && ++index[dim - 1] == box.offset[dim - 1] + box.size[dim - 1];
             --dim)
            index[dim - 1] = box.offset[dim - 1];
    }
    std::vector<std::byte> wide(count * sizeof(float));
    std::memcpy(wide.data(), values.data(), wide.size());
    if (tensor.dtype == DType::F32)
        return wide;
    std::vector<std::byte> out(count * bitsOf(tensor.dtype) / 8);
    castElements(DType::F32, tensor.dtype, wide, out);
    return out;
}

} // namespace shardlens::convert
