// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/producer.h"

#include <algorithm>
#include <set>

namespace shardlens::dcp {

namespace {

using pickle::Kind;
using pickle::Node;
using pickle::Pickle;

bool holds(const std::vector<TreeName>& names, std::string_view name) {
    return std::ranges::any_of(names, [name](const TreeName& one) { return one.name == name; });
}

std::vector<std::string_view> partsOf(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        if (slash != 0)
            parts.push_back(path.substr(0, slash));
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return parts;
}

// `prefix` and digits: step-10, iter_0000010, optimizer_0.
bool isNumbered(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix) || name.size() == prefix.size())
        return false;
    const std::string_view digits = name.substr(prefix.size());
    return digits.find_first_not_of("0123456789") == std::string_view::npos;
}

// epoch_0_step_10 of NeMo AutoModel.
bool isEpochAndStep(std::string_view name) {
    const std::size_t step = name.find("_step_");
    return step != std::string_view::npos && isNumbered(name.substr(0, step), "epoch_") &&
           isNumbered(name.substr(step + 1), "step_");
}

// The first parts of the names' paths, until enough were seen to know the layout.
std::set<std::string_view> topLevelKeys(const MetadataFile& metadata) {
    constexpr std::size_t Looked = 100'000;
    const Pickle& p = *metadata.pickle;
    std::set<std::string_view> keys;
    const auto pairs = p.items(metadata.stateDict);
    for (std::size_t i = 0; i + 1 < std::min(pairs.size(), Looked); i += 2) {
        const std::string_view name = p.text(pairs[i]);
        keys.insert(name.substr(0, name.find('.')));
    }
    return keys;
}

bool namesModule(const Pickle& pickle, std::string_view module) {
    return std::ranges::any_of(pickle.globals(), [module](const pickle::GlobalUse& use) {
        return use.module == module || (use.module.starts_with(module) && use.module[module.size()] == '.');
    });
}

// Fields came one after the other (facts of torch/distributed/checkpoint/metadata.py, 1.13 to 2.13).
std::string torchVersion(const MetadataFile& metadata) {
    const Pickle& p = *metadata.pickle;
    if (namesModule(p, "torch.distributed._shard.checkpoint"))
        return "PyTorch 1.13";
    if (!p.is(metadata.version, Kind::None))
        return "PyTorch 2.9 or newer";
    if (p.is(metadata.storageMeta, Kind::Object))
        return p.attribute(metadata.storageMeta, "modules") ? "PyTorch 2.7 or newer" : "PyTorch 2.3 to 2.6";
    if (namesModule(p, "torch.distributed._shard.sharded_tensor.metadata"))
        return "PyTorch 2.0 to 2.2";
    return namesModule(p, "torch.distributed.checkpoint") ? "PyTorch 2.3 or newer" : std::string();
}

} // namespace

std::string Producer::text() const {
    std::string out = torch.empty() ? "PyTorch DCP" : torch + " (DCP)";
    return trainer.empty() ? out : trainer + ", " + out;
}

std::string trainerOfFolder(std::string_view path, const std::vector<TreeName>& names) {
    const auto parts = partsOf(path);
    const std::string_view own = parts.empty() ? std::string_view() : parts.back();
    const std::string_view parent = parts.size() < 2 ? std::string_view() : parts[parts.size() - 2];
    if (isNumbered(own, "iter_") || (holds(names, "metadata.json") && holds(names, "common.pt")))
        return "Megatron-Core";
    if (holds(names, "meta.pt"))
        return "Lightning";
    if (isNumbered(own, "pytorch_model_fsdp_") || isNumbered(own, "optimizer_"))
        return "Accelerate";
    if ((own == "model" || own == "optim") && isEpochAndStep(parent))
        return "NeMo AutoModel";
    if (isNumbered(own, "step-"))
        return "torchtitan";
    if (isNumbered(own, "epoch_") || isNumbered(own, "step_"))
        return "torchtune";
    return {};
}

Producer recogniseProducer(std::string_view path, const std::vector<TreeName>& names,
                           const MetadataFile& metadata) {
    Producer out;
    out.torch = torchVersion(metadata);
    out.isMegatron =
        metadata.pickle->is(metadata.mcoreData, Kind::Dict) || namesModule(*metadata.pickle, "megatron");
    out.trainer = out.isMegatron ? "Megatron-Core" : trainerOfFolder(path, names);
    if (out.trainer == "Megatron-Core")
        out.isMegatron = true;
    if (!out.trainer.empty())
        return out;
    const auto keys = topLevelKeys(metadata);
    const auto has = [&keys](std::string_view key) {
        return keys.contains(key);
    };
    if (has("train_state") || (has("lr_scheduler") && has("dataloader")))
        out.trainer = "torchtitan";
    else if (has("optim") && (has("model") || keys.size() == 1))
        out.trainer = "FSDP";
    return out;
}

} // namespace shardlens::dcp
