// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/tensor_recipe.h"

#include "base/checked.h"
#include "base/units.h"
#include "formats/torch/rules.h"

#include <algorithm>
#include <span>

namespace shardlens::torch {

using pickle::Kind;
using pickle::Node;
using pickle::Pickle;

namespace {

constexpr std::size_t MaxDims = 4096; // base/limits.h `dims`; a recipe has no context
constexpr int MaxNesting = 8;         // a Parameter of a subclass of a tensor …

/// A recipe being read, with the message of what is wrong first.
class Reader {
public:
    explicit Reader(const Pickle& pickle) : m_pickle(pickle) {}

    bool read(Node node, int depth = 0) {
        const auto* global = m_pickle.global(node);
        if (global == nullptr || m_pickle.kind(node) != Kind::Object || depth > MaxNesting)
            return wrong("it is nested too deeply");
        return call(global->module, global->name, m_pickle.args(node), depth);
    }

    TensorRecipe take() { return std::move(m_out); }
    const std::string& problem() const { return m_problem; }

private:
    using Args = std::span<const Node>;

    bool wrong(std::string text) {
        if (m_problem.empty())
            m_problem = std::move(text);
        return false;
    }
    void fact(std::string name, std::string value) {
        const auto known = std::find_if(m_out.facts.begin(), m_out.facts.end(),
                                        [&](const Fact& other) { return other.first == name; });
        if (known == m_out.facts.end())
            m_out.facts.emplace_back(std::move(name), std::move(value));
        else
            known->second = std::move(value);
    }

    bool call(std::string_view module, std::string_view name, Args args, int depth) {
        if (module == "torch._tensor" && name == "_rebuild_from_type_v2")
            return fromType(args, depth);
        if (name == "_rebuild_tensor")
            return strided(args, 4, std::nullopt);
        if (name == "_rebuild_tensor_v2")
            return strided(args, 6, std::nullopt) && flags(args, 4, 6);
        if (name == "_rebuild_tensor_v3")
            return version3(args);
        if (name == "_rebuild_parameter" || name == "_rebuild_parameter_with_state")
            return parameter(args, depth);
        if (name == "_rebuild_qtensor")
            return strided(args, 6, std::nullopt) && quantizer(args);
        if (name == "_rebuild_meta_tensor_no_storage")
            return meta(args);
        if (name == "_rebuild_sparse_tensor" || name == "_rebuild_sparse_csr_tensor")
            return sparse(args);
        return other(name, args, depth);
    }

    bool fromType(Args args, int depth) {
        if (args.size() < 3)
            return wrong("_rebuild_from_type_v2 has too few arguments");
        const auto* function = m_pickle.global(args[0]);
        const auto* type = m_pickle.global(args[1]);
        if (function == nullptr || !m_pickle.is(args[2], Kind::Tuple) || depth > MaxNesting)
            return wrong("_rebuild_from_type_v2 names no function");
        if (!call(function->module, function->name, m_pickle.items(args[2]), depth + 1))
            return false;
        if (type != nullptr && type->qualified() != "torch.Tensor")
            fact("class", type->qualified());
        return true;
    }

    bool parameter(Args args, int depth) {
        if (args.size() < 2 || !m_pickle.is(args[0], Kind::Object) || !read(args[0], depth + 1))
            return wrong("a parameter holds no tensor");
        fact("class", "torch.nn.Parameter");
        fact("requires_grad", m_pickle.asBool(args[1]) ? "true" : "false");
        return true;
    }

    bool version3(Args args) {
        if (args.size() < 7)
            return wrong("_rebuild_tensor_v3 has too few arguments");
        const auto* global = m_pickle.global(args[6]);
        const auto dtype = global == nullptr ? std::nullopt : dtypeFromTorch(global->name);
        if (!dtype)
            return wrong("its dtype " + (global == nullptr ? std::string("is no name")
                                                           : global->qualified() + " is not known"));
        return strided(args, 6, dtype) && flags(args, 4, 7);
    }

    /// storage, offset, size, stride.
    bool strided(Args args, std::size_t needed, std::optional<DType> dtype) {
        if (args.size() < needed && args.size() < 4)
            return wrong("a tensor has too few arguments");
        if (!storage(args[0]))
            return false;
        const auto start = m_pickle.asCount(args[1]);
        auto shape = counts(args[2]);
        const auto strides = counts(args[3]);
        if (!start || !shape || !strides || shape->size() != strides->size())
            return wrong("offset, size and stride do not fit together");
        m_out.dtype = dtype ? *dtype : m_out.storage.dtype;
        if (m_out.dtype == DType::Unknown)
            return wrong("its storage has no dtype");
        const auto begin = checkedAdd(*start, m_out.storage.viewOffset);
        if (!begin)
            return wrong("its offset is too large");
        m_out.start = *begin;
        m_out.shape = std::move(*shape);
        setStrides(*strides);
        return m_out.dtype != DType::F4 || unpackPairs();
    }

    void setStrides(const Dims& strides) {
        // Strides of dims of length 1, and of empty tensors, say nothing.
        std::uint64_t expected = 1;
        bool packed = true;
        for (auto dim = m_out.shape.size(); dim-- > 0 && packed;) {
            packed = m_out.shape[dim] == 1 || strides[dim] == expected;
            expected = checkedMul(expected, m_out.shape[dim]).value_or(0);
        }
        fact("layout", "strided");
        if (packed || checkedProduct(m_out.shape) == 0) {
            fact("memory_format", "contiguous");
            return;
        }
        m_out.strides.assign(strides.begin(), strides.end());
        if (channelsLast(strides))
            fact("memory_format", strides.size() == 4 ? "channels_last" : "channels_last_3d");
        fact("strides", formatShape(strides));
    }

    /// As is_contiguous(memory_format=torch.channels_last) and its like for three dims of space.
    bool channelsLast(const Dims& strides) const {
        const auto dims = strides.size();
        if (dims != 4 && dims != 5)
            return false;
        std::uint64_t expected = 1;
        const auto fits = [&](std::size_t dim) {
            const bool same = m_out.shape[dim] == 1 || strides[dim] == expected;
            expected = checkedMul(expected, m_out.shape[dim]).value_or(0);
            return same;
        };
        bool all = fits(1);
        for (auto dim = dims; dim-- > 2 && all;)
            all = fits(dim);
        return all && fits(0);
    }

    /// torch counts pairs of 4-bit floats, safetensors values: the last dim doubles.
    bool unpackPairs() {
        if (m_out.shape.empty())
            m_out.shape.push_back(1);
        if (!m_out.strides.empty() && m_out.shape.back() != 1 && m_out.strides.back() != 1)
            return notPlain("a view that splits pairs of 4-bit values");
        const auto doubled = checkedMul<std::uint64_t>(m_out.shape.back(), 2);
        const auto start = checkedMul<std::uint64_t>(m_out.start, 2);
        if (!doubled || !start)
            return wrong("its size is too large");
        m_out.shape.back() = *doubled;
        m_out.start = *start;
        for (auto& stride : m_out.strides) {
            const auto wide = checkedMul<std::int64_t>(stride, 2);
            if (!wide)
                return wrong("its strides are too large");
            stride = *wide;
        }
        if (!m_out.strides.empty())
            m_out.strides.back() = 1;
        return true;
    }

    bool storage(Node node) {
        auto storage = readStorage(m_pickle, node);
        if (!storage)
            return wrong("its storage has a strange id");
        m_out.storage = *storage;
        if (!storage->location.empty())
            fact("device", std::string(storage->location));
        return true;
    }

    std::optional<Dims> counts(Node node) const {
        if (!m_pickle.is(node, Kind::Tuple) && !m_pickle.is(node, Kind::Size) &&
            !m_pickle.is(node, Kind::List))
            return std::nullopt;
        const auto items = m_pickle.items(node);
        if (items.size() > MaxDims)
            return std::nullopt;
        Dims out;
        out.reserve(items.size());
        for (const auto item : items) {
            const auto count = m_pickle.asCount(item);
            if (!count)
                return std::nullopt;
            out.push_back(*count);
        }
        return out;
    }

    /// requires_grad, and the metadata {"conj": True, "neg": True} where there is one.
    bool flags(Args args, std::size_t gradient, std::size_t metadata) {
        if (args.size() > gradient)
            fact("requires_grad", m_pickle.asBool(args[gradient]) ? "true" : "false");
        if (args.size() > metadata && m_pickle.is(args[metadata], Kind::Dict)) {
            const auto flag = [&](std::string_view name) {
                const auto found = m_pickle.find(args[metadata], name);
                return found && m_pickle.asBool(*found);
            };
            m_out.conj = flag("conj");
            m_out.neg = flag("neg");
        }
        return true;
    }

    bool quantizer(Args args) {
        fact("requires_grad", m_pickle.asBool(args[5]) ? "true" : "false");
        const auto parts = m_pickle.is(args[4], Kind::Tuple) ? m_pickle.items(args[4]) : Args();
        const auto* scheme = parts.empty() ? nullptr : m_pickle.global(parts[0]);
        if (scheme == nullptr)
            return true;
        fact("quantizer", scheme->name);
        if (scheme->name == "per_tensor_affine" && parts.size() > 2) {
            fact("scale", std::to_string(m_pickle.asFloat(parts[1])));
            fact("zero_point", m_pickle.integerText(parts[2]));
        }
        return true;
    }

    bool notPlain(std::string reason) {
        m_out.reason = std::move(reason);
        m_out.description =
            m_out.dtype == DType::Unknown ? std::string() : std::string(name(m_out.dtype)) + " ";
        if (!m_out.shape.empty())
            m_out.description += formatShape(m_out.shape);
        while (m_out.description.ends_with(' '))
            m_out.description.pop_back();
        return true;
    }

    bool meta(Args args) {
        const auto* dtype = args.empty() ? nullptr : m_pickle.global(args[0]);
        if (dtype != nullptr)
            m_out.dtype = dtypeFromTorch(dtype->name).value_or(DType::Unknown);
        if (args.size() > 1)
            m_out.shape = counts(args[1]).value_or(Dims());
        return notPlain("it was on the meta device and has no data");
    }

    /// (layout, (indices, values, size, …)); CSR and its like: (layout, (compressed, plain, values, size)).
    bool sparse(Args args) {
        if (args.size() < 2 || !m_pickle.is(args[1], Kind::Tuple))
            return wrong("a sparse tensor has too few arguments");
        std::string layout = "sparse";
        if (m_pickle.isCall(args[0], "torch.serialization", "_get_layout") && !m_pickle.args(args[0]).empty())
            layout = m_pickle.text(m_pickle.args(args[0])[0]);
        for (const auto part : m_pickle.items(args[1])) {
            if (m_pickle.is(part, Kind::Object) && isTensor(m_pickle, part)) {
                Reader values(m_pickle); // the last tensor among the parts holds the values
                if (values.read(part, MaxNesting))
                    m_out.dtype = values.m_out.dtype;
            } else if (const auto size = counts(unwrapSize(part))) {
                m_out.shape = *size;
            }
        }
        std::string words = layout.starts_with("torch.") ? layout.substr(6) : layout;
        if (const auto mark = words.find('_'); mark != std::string::npos) {
            words[mark] = ' ';
            std::transform(words.begin() + static_cast<std::ptrdiff_t>(mark), words.end(),
                           words.begin() + static_cast<std::ptrdiff_t>(mark), [](char c) {
                               return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
                           });
        }
        fact("layout", layout);
        notPlain("it is " + words);
        m_out.description += " " + words;
        return true;
    }

    /// torch.Size as a call over a tuple.
    Node unwrapSize(Node node) const {
        if (m_pickle.isCall(node, "torch", "Size") && m_pickle.args(node).size() == 1)
            return m_pickle.args(node)[0];
        return node;
    }

    bool other(std::string_view name, Args args, int depth) {
        if (name == "_rebuild_nested_tensor") {
            if (!args.empty() && m_pickle.is(args[0], Kind::Object)) {
                Reader buffer(m_pickle);
                if (buffer.read(args[0], depth + 1))
                    m_out.dtype = buffer.m_out.dtype;
            }
            notPlain("it is a nested tensor");
            m_out.description += " nested";
            return true;
        }
        if (name == "_rebuild_wrapper_subclass")
            return notPlain("it is a subclass that wraps other tensors");
        if (name == "_rebuild_device_tensor_from_numpy" || name == "_rebuild_device_tensor_from_cpu_tensor")
            return notPlain("it was saved by a device that stores its tensors in another way");
        return notPlain("it is rebuilt by " + std::string(name));
    }

    const Pickle& m_pickle;
    TensorRecipe m_out;
    std::string m_problem;
};

} // namespace

std::optional<std::uint64_t> StorageRef::bytes() const {
    return untyped ? std::optional(count) : packedBytes(dtype, count);
}

std::optional<std::uint64_t> TensorRecipe::extent() const {
    const auto elements = checkedProduct(shape);
    if (!elements)
        return std::nullopt;
    if (*elements == 0)
        return 0;
    if (strides.empty())
        return checkedAdd(start, *elements);
    std::uint64_t last = start;
    for (std::size_t dim = 0; dim < shape.size(); ++dim) {
        const auto step = checkedMul(shape[dim] - 1, static_cast<std::uint64_t>(strides[dim]));
        const auto sum = step ? checkedAdd(last, *step) : std::nullopt;
        if (!sum)
            return std::nullopt;
        last = *sum;
    }
    return checkedAdd<std::uint64_t>(last, 1);
}

std::optional<StorageRef> readStorage(const Pickle& pickle, Node node) {
    // ("storage", class, key, location, count), with a sixth (key, offset, size) for legacy views.
    const auto ids = pickle.is(node, Kind::Persistent) ? pickle.items(node) : std::span<const Node>();
    if (ids.size() != 1 || !pickle.is(ids[0], Kind::Tuple) || pickle.size(ids[0]) < 5)
        return std::nullopt;
    const auto id = pickle.items(ids[0]);
    const auto* type = pickle.global(id[1]);
    const auto count = pickle.asCount(id[4]);
    const auto dtype = type == nullptr ? std::nullopt : dtypeFromStorage(type->name);
    if (pickle.text(id[0]) != "storage" || !dtype || !pickle.is(id[2], Kind::String) || !count)
        return std::nullopt;
    StorageRef out;
    out.key = pickle.text(id[2]);
    out.location = pickle.text(id[3]);
    out.count = *count;
    out.dtype = *dtype;
    out.untyped = *dtype == DType::Unknown;
    if (id.size() > 5 && pickle.is(id[5], Kind::Tuple) && pickle.size(id[5]) == 3) {
        const auto offset = pickle.asCount(pickle.items(id[5])[1]);
        if (!offset)
            return std::nullopt;
        out.viewOffset = *offset;
    }
    return out;
}

bool isTensor(const Pickle& pickle, Node node) {
    if (!pickle.is(node, Kind::Object))
        return false;
    const auto* global = pickle.global(node);
    if (global == nullptr || pickle.form(node) != Pickle::Form::Reduce)
        return false;
    if (global->module == "torch._tensor")
        return global->name == "_rebuild_from_type_v2";
    return global->module == "torch._utils" && global->name.starts_with("_rebuild_");
}

Result<TensorRecipe> readTensor(const Pickle& pickle, Node node) {
    Reader reader(pickle);
    if (!reader.read(node))
        return fail(rules::torch::BadTensor, {reader.problem()});
    return reader.take();
}

std::optional<std::string> describeTensor(const Pickle& pickle, Node node) {
    if (!isTensor(pickle, node))
        return std::nullopt;
    const auto recipe = readTensor(pickle, node);
    if (!recipe)
        return std::string("tensor");
    if (!recipe->plain())
        return recipe->description;
    return std::string(name(recipe->dtype)) + " " + formatShape(recipe->shape);
}

} // namespace shardlens::torch
