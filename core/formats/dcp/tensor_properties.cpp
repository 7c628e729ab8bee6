// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/tensor_properties.h"

#include "formats/torch/tensor_recipe.h"

#include <array>
#include <string_view>

namespace shardlens::dcp {

namespace {

using pickle::Kind;
using pickle::Node;
using pickle::Pickle;

struct Parts {
    std::optional<Node> dtype, layout, requiresGrad, memoryFormat, pinMemory;
};

Parts partsOf(const Pickle& pickle, Node object) {
    const auto state = pickle.state(object);
    if (state && pickle.is(*state, Kind::Tuple)) {
        const auto items = pickle.items(*state);
        const auto at = [&items](std::size_t i) {
            return i < items.size() ? std::optional(items[i]) : std::nullopt;
        };
        return {at(0), at(1), at(2), at(3), at(4)};
    }
    return {pickle.attribute(object, "dtype"), pickle.attribute(object, "layout"),
            pickle.attribute(object, "requires_grad"), pickle.attribute(object, "memory_format"),
            pickle.attribute(object, "pin_memory")};
}

std::string flag(bool value) {
    return value ? "true" : "false";
}

// torch.serialization._get_layout("torch.strided"), or the bare global.
std::string layoutText(const Pickle& pickle, Node node) {
    if (pickle.is(node, Kind::Global))
        return pickle.global(node)->name;
    const auto args = pickle.args(node);
    std::string_view text = args.empty() ? std::string_view() : pickle.text(args[0]);
    if (text.starts_with("torch."))
        text.remove_prefix(6);
    return std::string(text);
}

// An enumeration's member: by value, or by name as getattr(Class, "NAME") gives it.
std::string memoryFormatText(const Pickle& pickle, Node node) {
    constexpr std::array Names = std::to_array<std::string_view>({"contiguous", "channels_last", "preserve"});
    const auto args = pickle.args(node);
    if (args.size() == 2 && pickle.is(args[1], Kind::String))
        return std::string(pickle.text(args[1]));
    const auto value = args.size() == 1 ? pickle.asCount(args[0]) : std::nullopt;
    return value && *value < Names.size() ? std::string(Names[static_cast<std::size_t>(*value)])
                                          : std::string();
}

} // namespace

TensorProperties readProperties(const Pickle& pickle, Node object) {
    TensorProperties out;
    const Parts parts = partsOf(pickle, object);
    if (parts.dtype && pickle.is(*parts.dtype, Kind::Global)) {
        const pickle::GlobalUse& use = *pickle.global(*parts.dtype);
        out.dtypeName = use.name;
        if (use.module == "torch")
            out.dtype = torch::dtypeFromTorch(use.name).value_or(DType::Unknown);
    }
    const auto add = [&out](std::string_view name, std::string text) {
        if (!text.empty())
            out.facts.emplace_back(name, std::move(text));
    };
    if (parts.requiresGrad && pickle.is(*parts.requiresGrad, Kind::Bool))
        add("requires_grad", flag(pickle.asBool(*parts.requiresGrad)));
    if (parts.layout)
        add("layout", layoutText(pickle, *parts.layout));
    if (parts.memoryFormat)
        add("memory_format", memoryFormatText(pickle, *parts.memoryFormat));
    if (parts.pinMemory && pickle.is(*parts.pinMemory, Kind::Bool))
        add("pin_memory", flag(pickle.asBool(*parts.pinMemory)));
    return out;
}

} // namespace shardlens::dcp
