// SPDX-License-Identifier: Apache-2.0
#include "convert/sample.h"

#include "convert/sample_tensors.h"
#include "formats/safetensors/writer.h"
#include "io/file_tree.h"
#include "io/staged_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace shardlens::convert {

namespace {

constexpr std::uint64_t Ranks = 4;

struct SampleFile {
    std::string path;
    std::vector<std::byte> bytes;
};
using SampleFiles = std::vector<SampleFile>;

SampleFile textFile(std::string path, std::string_view text) {
    SampleFile out{std::move(path), std::vector<std::byte>(text.size())};
    std::memcpy(out.bytes.data(), text.data(), text.size());
    return out;
}

/// What a file holds of a tensor.
struct Part {
    const SampleTensor* tensor = nullptr;
    Dims offset, size;
    std::vector<std::byte> values = {};
};

Part makePart(const SampleTensor& tensor, Dims offset, Dims size) {
    Part part{&tensor, std::move(offset), std::move(size)};
    part.values = sampleValues(tensor, {part.offset, part.size});
    return part;
}

Part wholePart(const SampleTensor& tensor) {
    return makePart(tensor, Dims(tensor.shape.size()), tensor.shape);
}

/// Parts in the order in which the safetensors crate writes them: wide elements first, then by name.
Result<SampleFile> weightsFile(std::string path, std::vector<Part> parts,
                               std::vector<std::pair<std::string, std::string>> metadata) {
    std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
        const auto wideA = bitsOf(a.tensor->dtype), wideB = bitsOf(b.tensor->dtype);
        return wideA != wideB ? wideA > wideB : a.tensor->name < b.tensor->name;
    });
    std::vector<safetensors::TensorToWrite> tensors;
    for (const auto& part : parts)
        tensors.push_back({part.tensor->name, part.tensor->dtype, part.size});
    SHARDLENS_TRY(auto header,
                  safetensors::buildHeader(tensors, {.metadata = std::move(metadata), .alignment = 8}));
    SampleFile out{std::move(path), std::move(header.bytes)};
    out.bytes.resize(static_cast<std::size_t>(header.fileBytes));
    for (std::size_t i = 0; i < parts.size(); ++i)
        std::copy(parts[i].values.begin(), parts[i].values.end(),
                  out.bytes.begin() + static_cast<std::ptrdiff_t>(header.offsets[i]));
    return out;
}

void cutShort(SampleFile& file, std::size_t bytes) {
    file.bytes.resize(file.bytes.size() - std::min(bytes, file.bytes.size() / 2));
}

std::string shardingInfo(const std::vector<Part>& parts) {
    std::string out = "{";
    for (const auto& part : parts) {
        out += out.size() > 1 ? ", " : "";
        safetensors::appendJsonString(out, part.tensor->name);
        out += ": {\"saved_offsets\": [";
        for (std::size_t i = 0; i < part.offset.size(); ++i)
            out += fmt::format("{}{}", i == 0 ? "" : ", ", part.offset[i]);
        out += "]}";
    }
    return out + "}";
}

/// The dim along which ranks share a matrix: what reads the ranks' own outputs is cut by columns.
std::size_t cutDim(const SampleTensor& tensor) {
    const bool byColumns =
        tensor.name.ends_with("o_proj.weight") || tensor.name.ends_with("down_proj.weight");
    return byColumns ? 1 : 0;
}

/// The parts of one rank: matrices cut in equal pieces (the last is shorter), vectors whole on one of the
/// ranks.
std::vector<Part> partsOfRank(const std::vector<SampleTensor>& tensors, std::uint64_t rank) {
    std::vector<Part> out;
    std::uint64_t vectors = 0;
    for (const auto& tensor : tensors) {
        if (tensor.shape.size() == 1) {
            if (vectors++ % Ranks == rank)
                out.push_back(wholePart(tensor));
            continue;
        }
        const auto dim = cutDim(tensor);
        const auto each = (tensor.shape[dim] + Ranks - 1) / Ranks;
        Dims offset(tensor.shape.size()), size = tensor.shape;
        offset[dim] = rank * each;
        size[dim] = std::min(each, tensor.shape[dim] - offset[dim]);
        out.push_back(makePart(tensor, std::move(offset), std::move(size)));
    }
    return out;
}

/// Damage inside a file: a slice in the wrong place, values that a diverged run leaves, lost ones.
void damageParts(std::vector<Part>& parts, std::uint64_t rank) {
    for (auto& part : parts) {
        const auto& name = part.tensor->name;
        if (rank == 3 && name == "model.layers.3.mlp.up_proj.weight")
            part.offset[0] -= 8;
        if (rank == 0 && name == "model.layers.5.mlp.gate_proj.weight")
            std::fill_n(part.values.begin(), 64, std::byte{0xff});
        if (name == "model.layers.7.input_layernorm.weight")
            std::fill(part.values.begin(), part.values.end(), std::byte{0});
    }
}

SampleFiles languageModelSideFiles() {
    SampleFiles out;
    out.push_back(textFile("config.json", R"({
  "architectures": ["LlamaForCausalLM"],
  "hidden_act": "silu",
  "hidden_size": 128,
  "intermediate_size": 352,
  "max_position_embeddings": 512,
  "model_type": "llama",
  "num_attention_heads": 4,
  "num_hidden_layers": 12,
  "num_key_value_heads": 2,
  "rms_norm_eps": 1e-05,
  "tie_word_embeddings": false,
  "torch_dtype": "bfloat16",
  "vocab_size": 509
}
)"));
    out.push_back(
        textFile("generation_config.json", "{\n  \"bos_token_id\": 1,\n  \"eos_token_id\": 2\n}\n"));
    out.push_back(textFile("tokenizer.json", R"({
  "version": "1.0",
  "truncation": null,
  "padding": null,
  "added_tokens": [],
  "normalizer": null,
  "pre_tokenizer": null,
  "post_processor": null,
  "decoder": null,
  "model": {"type": "WordLevel", "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2}, "unk_token": "<unk>"}
}
)"));
    out.push_back(textFile("tokenizer_config.json",
                           "{\n  \"bos_token\": \"<s>\",\n  \"eos_token\": \"</s>\",\n"
                           "  \"tokenizer_class\": \"PreTrainedTokenizerFast\"\n}\n"));
    return out;
}

Result<SampleFiles> makeSlices(bool damaged) {
    const auto tensors = sampleLanguageModel();
    SampleFiles out = languageModelSideFiles();
    for (std::uint64_t rank = 0; rank < Ranks; ++rank) {
        if (damaged && rank == 1)
            continue; // this rank's file was never copied
        auto parts = partsOfRank(tensors, rank);
        if (damaged)
            damageParts(parts, rank);
        const auto info = shardingInfo(parts);
        SHARDLENS_TRY(auto file,
                      weightsFile(fmt::format("shard-{:05}-model-00001-of-00001.safetensors", rank + 1),
                                  std::move(parts),
                                  {{"format", "pt"}, {"DCP_VERSION", "1.0"}, {"DCP_SHARDING_INFO", info}}));
        if (damaged && rank == 3)
            cutShort(file, 20'000);
        out.push_back(std::move(file));
    }
    return out;
}

Result<SampleFiles> makeSharded(bool damaged) {
    constexpr std::size_t shards = 4;
    const auto tensors = sampleLanguageModel();
    SampleFiles out = languageModelSideFiles();
    std::string map;
    std::uint64_t bytes = 0;
    for (std::size_t shard = 0; shard < shards; ++shard) {
        const auto path = fmt::format("model-{:05}-of-{:05}.safetensors", shard + 1, shards);
        std::vector<Part> parts;
        for (auto i = tensors.size() * shard / shards; i < tensors.size() * (shard + 1) / shards; ++i) {
            parts.push_back(wholePart(tensors[i]));
            bytes += parts.back().values.size();
            map += map.empty() ? "    " : ",\n    ";
            safetensors::appendJsonString(map, tensors[i].name);
            map += ": \"" + path + "\"";
        }
        if (damaged)
            damageParts(parts, 0);
        SHARDLENS_TRY(auto file, weightsFile(path, std::move(parts), {{"format", "pt"}}));
        if (damaged && shard == 2)
            cutShort(file, 20'000);
        if (!damaged || shard != 1)
            out.push_back(std::move(file));
    }
    out.push_back(textFile(
        "model.safetensors.index.json",
        fmt::format(
            "{{\n  \"metadata\": {{\n    \"total_size\": {}\n  }},\n  \"weight_map\": {{\n{}\n  }}\n}}\n",
            damaged ? bytes / 2 : bytes, map)));
    return out;
}

Result<void> addComponent(SampleFiles& out, const std::string& path, const std::vector<SampleTensor>& tensors,
                          std::string_view config, bool cut) {
    std::vector<Part> parts;
    for (const auto& tensor : tensors)
        parts.push_back(wholePart(tensor));
    SHARDLENS_TRY(auto file, weightsFile(path, std::move(parts), {{"format", "pt"}}));
    if (cut)
        cutShort(file, 20'000);
    out.push_back(std::move(file));
    out.push_back(textFile(path.substr(0, path.find('/')) + "/config.json", config));
    return {};
}

Result<SampleFiles> makeDiffusers(bool damaged) {
    SampleFiles out;
    out.push_back(textFile("model_index.json", R"({
  "_class_name": "StableDiffusionPipeline",
  "_diffusers_version": "0.35.0",
  "scheduler": ["diffusers", "DDIMScheduler"],
  "text_encoder": ["transformers", "CLIPTextModel"],
  "tokenizer": ["transformers", "CLIPTokenizer"],
  "unet": ["diffusers", "UNet2DConditionModel"],
  "vae": ["diffusers", "AutoencoderKL"]
}
)"));
    out.push_back(textFile("scheduler/scheduler_config.json", "{\n  \"_class_name\": \"DDIMScheduler\",\n"
                                                              "  \"num_train_timesteps\": 1000\n}\n"));
    out.push_back(
        textFile("tokenizer/vocab.json", "{\"<|startoftext|>\": 0, \"<|endoftext|>\": 1, \"a</w>\": 2}\n"));
    out.push_back(textFile("tokenizer/merges.txt", "#version: 0.2\n"));
    out.push_back(
        textFile("tokenizer/tokenizer_config.json", "{\n  \"tokenizer_class\": \"CLIPTokenizer\"\n}\n"));
    SHARDLENS_CHECK(addComponent(out, "unet/diffusion_pytorch_model.safetensors", sampleUnet(),
                                 "{\n  \"_class_name\": \"UNet2DConditionModel\",\n  \"in_channels\": 4\n}\n",
                                 false));
    SHARDLENS_CHECK(addComponent(out, "vae/diffusion_pytorch_model.safetensors", sampleDecoder(),
                                 "{\n  \"_class_name\": \"AutoencoderKL\",\n  \"latent_channels\": 4\n}\n",
                                 damaged));
    SHARDLENS_CHECK(addComponent(out, "text_encoder/model.safetensors", sampleTextEncoder(),
                                 "{\n  \"architectures\": [\"CLIPTextModel\"],\n  \"hidden_size\": 64\n}\n",
                                 false));
    if (damaged)
        std::erase_if(out,
                      [](const SampleFile& file) { return file.path == "text_encoder/model.safetensors"; });
    return out;
}

Result<SampleFiles> makeFiles(const SampleOptions& options) {
    switch (options.kind) {
    case SampleKind::Slices:
        return makeSlices(options.damaged);
    case SampleKind::Sharded:
        return makeSharded(options.damaged);
    case SampleKind::Diffusers:
        break;
    }
    return makeDiffusers(options.damaged);
}

Result<void> checkTarget(const std::string& target) {
    const auto folder = openFolder(target);
    if (!folder)
        return folder.error().rule->id == "io.not-found" ? Result<void>() : Failure(folder.error());
    SHARDLENS_TRY(const auto names, (*folder)->list());
    if (!names.empty())
        return fail(rules::sample::TargetNotEmpty, {target});
    return {};
}

} // namespace

std::string_view sampleName(SampleKind kind) {
    switch (kind) {
    case SampleKind::Slices:
        return "slices";
    case SampleKind::Sharded:
        return "sharded";
    case SampleKind::Diffusers:
        break;
    }
    return "diffusers";
}

std::optional<SampleKind> sampleFromName(std::string_view name) {
    for (const auto kind : {SampleKind::Slices, SampleKind::Sharded, SampleKind::Diffusers})
        if (sampleName(kind) == name)
            return kind;
    return std::nullopt;
}

Result<SampleReport> writeSample(const SampleOptions& options, const JobContext& context) {
    SHARDLENS_CHECK(checkTarget(options.output));
    SHARDLENS_TRY(const auto files, makeFiles(options));
    SampleReport report{options.output};
    std::vector<std::string> paths;
    for (const auto& file : files) {
        report.bytes += file.bytes.size();
        paths.push_back(file.path);
    }
    report.files = static_cast<std::uint32_t>(files.size());
    context.begin("writing", report.bytes);
    SHARDLENS_TRY(const auto staged, StagedOutput::create(options.output, StagingOptions{}));
    for (const auto& file : files) {
        SHARDLENS_CHECK(context.checkStop());
        SHARDLENS_TRY(const auto out, staged->create(file.path, file.bytes.size()));
        SHARDLENS_CHECK(out->writeAt(0, file.bytes));
        SHARDLENS_CHECK(out->close(true));
        context.add(file.bytes.size());
    }
    SHARDLENS_CHECK(staged->publish(paths));
    return report;
}

} // namespace shardlens::convert
