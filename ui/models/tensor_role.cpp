// SPDX-License-Identifier: Apache-2.0
#include "ui/models/tensor_role.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <span>

namespace shardlens::ui {
namespace {

using style::Role;

struct Known {
    std::string_view part;
    Role role;
};

// The last telling part of a name, as Llama, Mistral, GPT-2, T5, BERT, Falcon, Mixtral, DeepSeek, NeoX, ViT
// and the diffusion models call it. Sorted.
constexpr std::array KnownParts = std::to_array<Known>({
    {"c_fc", Role::Up},
    {"c_proj", Role::Output},
    {"classifier", Role::Head},
    {"dense_4h_to_h", Role::Down},
    {"dense_h_to_4h", Role::Up},
    {"down", Role::Down},
    {"down_proj", Role::Down},
    {"embed", Role::Embedding},
    {"embed_in", Role::Embedding},
    {"embed_out", Role::Head},
    {"embed_positions", Role::Embedding},
    {"embed_tokens", Role::Embedding},
    {"embedding", Role::Embedding},
    {"embeddings", Role::Embedding},
    {"fc1", Role::Up},
    {"fc2", Role::Down},
    {"gate", Role::Gate},
    {"gate_proj", Role::Gate},
    {"gate_up_proj", Role::Gate},
    {"head", Role::Head},
    {"k", Role::Key},
    {"k_proj", Role::Key},
    {"key", Role::Key},
    {"kv_a_proj_with_mqa", Role::Key},
    {"kv_b_proj", Role::Key},
    {"linear_fc1", Role::Up},
    {"linear_fc2", Role::Down},
    {"linear_proj", Role::Output},
    {"linear_qkv", Role::Query},
    {"lm_head", Role::Head},
    {"o", Role::Output},
    {"o_proj", Role::Output},
    {"out_proj", Role::Output},
    {"output", Role::Head},
    {"output_layer", Role::Head},
    {"patch_embed", Role::Embedding},
    {"position_embedding", Role::Embedding},
    {"position_embeddings", Role::Embedding},
    {"q", Role::Query},
    {"q_a_proj", Role::Query},
    {"q_b_proj", Role::Query},
    {"q_proj", Role::Query},
    {"qkv", Role::Query},
    {"qkv_proj", Role::Query},
    {"query", Role::Query},
    {"query_key_value", Role::Query},
    {"shared", Role::Embedding},
    {"to_k", Role::Key},
    {"to_out", Role::Output},
    {"to_q", Role::Query},
    {"to_v", Role::Value},
    {"tok_embeddings", Role::Embedding},
    {"token_embedding", Role::Embedding},
    {"up", Role::Up},
    {"up_proj", Role::Up},
    {"v", Role::Value},
    {"v_proj", Role::Value},
    {"value", Role::Value},
    {"w1", Role::Gate},
    {"w2", Role::Down},
    {"w3", Role::Up},
    {"wi", Role::Up},
    {"wi_0", Role::Gate},
    {"wi_1", Role::Up},
    {"wk", Role::Key},
    {"wo", Role::Output},
    {"word_embeddings", Role::Embedding},
    {"wpe", Role::Embedding},
    {"wq", Role::Query},
    {"wte", Role::Embedding},
    {"wv", Role::Value},
});
static_assert(std::ranges::is_sorted(KnownParts, {}, &Known::part));

bool saysNothing(std::string_view part) {
    static constexpr std::array ends = std::to_array<std::string_view>(
        {"weight", "bias", "exp_avg", "exp_avg_sq", "step", "scale", "weight_scale", "weight_scale_inv",
         "_orig_mod", "base_layer", "lora_A", "lora_B", "default", "qweight", "scales", "qzeros", "g_idx",
         "absmax", "data"});
    const bool number = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    return number || std::ranges::find(ends, part) != ends.end();
}

std::string_view takeLast(std::string_view& name) {
    const auto dot = name.rfind('.');
    const auto part = dot == std::string_view::npos ? name : name.substr(dot + 1);
    name = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
    return part;
}

} // namespace

style::Role roleOf(std::string_view name) {
    constexpr int looked = 4; // `o_proj.lora_A.default.weight`
    for (int i = 0; i < looked && !name.empty(); ++i) {
        const auto part = takeLast(name);
        const auto found = std::ranges::lower_bound(KnownParts, part, {}, &Known::part);
        if (found != KnownParts.end() && found->part == part)
            return found->role;
        if (!saysNothing(part))
            return Role::Other;
    }
    return Role::Other;
}

QString roleTitle(style::Role role) {
    switch (role) {
    case Role::Query:
        return QStringLiteral("q");
    case Role::Key:
        return QStringLiteral("k");
    case Role::Value:
        return QStringLiteral("v");
    case Role::Output:
        return QStringLiteral("o");
    case Role::Gate:
        return QStringLiteral("gate");
    case Role::Up:
        return QStringLiteral("up");
    case Role::Down:
        return QStringLiteral("down");
    case Role::Embedding:
        return QCoreApplication::translate("roles", "embed");
    case Role::Head:
        return QCoreApplication::translate("roles", "head");
    case Role::Other:
        break;
    }
    return QCoreApplication::translate("roles", "other");
}

} // namespace shardlens::ui
