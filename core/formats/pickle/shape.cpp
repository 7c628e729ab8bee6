// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/shape.h"

#include "formats/pickle/shape_numpy.h"
#include "formats/pickle/text_escapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace shardlens::pickle {

namespace {

using VKind = Value::Kind;

constexpr std::array DtypeNames = std::to_array<std::string_view>({"float32",
                                                                   "float64",
                                                                   "float16",
                                                                   "bfloat16",
                                                                   "int8",
                                                                   "int16",
                                                                   "int32",
                                                                   "int64",
                                                                   "uint8",
                                                                   "uint16",
                                                                   "uint32",
                                                                   "uint64",
                                                                   "bool",
                                                                   "complex32",
                                                                   "complex64",
                                                                   "complex128",
                                                                   "qint8",
                                                                   "quint8",
                                                                   "qint32",
                                                                   "quint4x2",
                                                                   "quint2x4",
                                                                   "bits8",
                                                                   "bits16",
                                                                   "bits1x8",
                                                                   "bits2x4",
                                                                   "bits4x2",
                                                                   "float8_e4m3fn",
                                                                   "float8_e5m2",
                                                                   "float8_e4m3fnuz",
                                                                   "float8_e5m2fnuz",
                                                                   "float8_e8m0fnu",
                                                                   "float4_e2m1fn_x2",
                                                                   "int1",
                                                                   "int2",
                                                                   "int3",
                                                                   "int4",
                                                                   "int5",
                                                                   "int6",
                                                                   "int7",
                                                                   "uint1",
                                                                   "uint2",
                                                                   "uint3",
                                                                   "uint4",
                                                                   "uint5",
                                                                   "uint6",
                                                                   "uint7",
                                                                   "float",
                                                                   "double",
                                                                   "half",
                                                                   "long",
                                                                   "int",
                                                                   "short",
                                                                   "cfloat",
                                                                   "cdouble",
                                                                   "chalf"});
constexpr std::array LayoutNames = std::to_array<std::string_view>(
    {"strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "jagged", "_mkldnn"});

bool isBuiltin(const GlobalUse& use, std::string_view name) {
    return use.name == name && (use.module == "builtins" || use.module == "__builtin__");
}

bool isDictClass(const GlobalUse& use) {
    return (use.module == "collections" &&
            (use.name == "OrderedDict" || use.name == "defaultdict" || use.name == "Counter")) ||
           isBuiltin(use, "dict");
}

Shape sequence(VKind kind, std::span<const Node> items) {
    Shape shape;
    shape.kind = kind;
    shape.parts.reserve(items.size());
    for (const Node item : items)
        shape.parts.emplace_back(std::string(), item);
    return shape;
}

Shape object(std::string type) {
    Shape shape;
    shape.kind = VKind::Object;
    shape.type = std::move(type);
    return shape;
}

Shape made(VKind kind, std::string text) {
    Shape shape;
    shape.kind = kind;
    shape.text = std::move(text);
    shape.ownText = true;
    return shape;
}

Shape shapeOfGlobal(const Pickle& pickle, Node node) {
    const GlobalUse& use = *pickle.global(node);
    Shape shape = object("type");
    if (torchDtypeName(pickle, node))
        shape.type = "torch.dtype";
    else if (use.module == "torch" &&
             std::find(LayoutNames.begin(), LayoutNames.end(), use.name) != LayoutNames.end())
        shape.type = "torch.layout";
    else if (use.module == "torch" &&
             (use.name.ends_with("_format") || use.name.starts_with("channels_last")))
        shape.type = "torch.memory_format";
    shape.parts.emplace_back("name", MadeText{VKind::String, use.qualified()});
    return shape;
}

/// The items that a dict's class was filled with: SETITEMS, or a dict or list of pairs as its argument.
std::vector<Node> dictContent(const Pickle& pickle, Node node) {
    std::vector<Node> pairs;
    for (const Node arg : pickle.args(node)) {
        const auto items = pickle.items(arg);
        if (pickle.is(arg, Kind::Dict)) {
            pairs.insert(pairs.end(), items.begin(), items.end());
        } else if (pickle.is(arg, Kind::List) || pickle.is(arg, Kind::Tuple)) {
            for (const Node item : items)
                if (const auto pair = pickle.items(item); pair.size() == 2)
                    pairs.insert(pairs.end(), pair.begin(), pair.end());
        }
    }
    const auto set = pickle.dictItems(node);
    pairs.insert(pairs.end(), set.begin(), set.end());
    return pairs;
}

std::optional<Shape> shapeOfBuiltin(const Pickle& pickle, Node node, const GlobalUse& use) {
    const auto args = pickle.args(node);
    const auto fromItems = [&](VKind kind) {
        return sequence(kind, args.empty() ? args : pickle.items(args[0]));
    };
    const bool sequenceArg =
        args.empty() ||
        (args.size() == 1 && (pickle.is(args[0], Kind::List) || pickle.is(args[0], Kind::Tuple)));
    if (!pickle.listItems(node).empty())
        return std::nullopt;
    if (isBuiltin(use, "set") && sequenceArg)
        return fromItems(VKind::Set);
    if (isBuiltin(use, "frozenset") && sequenceArg)
        return fromItems(VKind::FrozenSet);
    if (isBuiltin(use, "list") && sequenceArg)
        return fromItems(VKind::List);
    if (isBuiltin(use, "tuple") && sequenceArg)
        return fromItems(VKind::Tuple);
    if (isBuiltin(use, "bytes") && args.empty())
        return made(VKind::Bytes, {});
    if (isBuiltin(use, "complex") && args.size() == 2) {
        Shape shape = object("complex");
        shape.parts.emplace_back("real", args[0]);
        shape.parts.emplace_back("imag", args[1]);
        return shape;
    }
    return std::nullopt;
}

// Bytes at protocols without a bytes opcode: latin-1 text that is encoded again.
std::optional<std::string> encodedBytes(const Pickle& pickle, std::span<const Node> args) {
    std::string bytes;
    const std::string_view encoding = args.size() == 2 ? pickle.text(args[1]) : std::string_view();
    const bool isLatin1 = encoding == "latin1" || encoding == "latin-1";
    if (!isLatin1 || !pickle.is(args[0], Kind::String) || !utf8ToLatin1(pickle.text(args[0]), bytes))
        return std::nullopt;
    return bytes;
}

std::optional<std::string> bytesOf(const Pickle& pickle, Node node) {
    if (pickle.is(node, Kind::Bytes))
        return std::string(pickle.text(node));
    return pickle.isCall(node, "_codecs", "encode") ? encodedBytes(pickle, pickle.args(node)) : std::nullopt;
}

std::optional<Shape> shapeOfEncoded(const Pickle& pickle, Node node, const GlobalUse& use) {
    if (use.module == "_codecs" && use.name == "encode") {
        auto bytes = bytesOf(pickle, node);
        return bytes ? std::optional(made(VKind::Bytes, std::move(*bytes))) : std::nullopt;
    }
    const auto args = pickle.args(node);
    if (!isBuiltin(use, "bytearray"))
        return std::nullopt;
    auto bytes = args.empty()       ? std::optional(std::string())
                 : args.size() == 1 ? bytesOf(pickle, args[0])
                                    : encodedBytes(pickle, args);
    if (!bytes)
        return std::nullopt;
    Shape array = object("bytearray");
    array.parts.emplace_back("value", MadeText{VKind::Bytes, std::move(*bytes)});
    return array;
}

// datetime's state is bytes: year (two), month, day, then hour, minute, second, microsecond (three).
std::optional<std::string> dateText(std::string_view name, std::string_view bytes) {
    const auto at = [&bytes](std::size_t i) {
        return static_cast<unsigned>(static_cast<unsigned char>(bytes[i]));
    };
    const auto clock = [&at](std::size_t i) {
        const unsigned micro = at(i + 3) << 16 | at(i + 4) << 8 | at(i + 5);
        std::string text = fmt::format("{:02}:{:02}:{:02}", at(i) & 0x7f, at(i + 1), at(i + 2));
        return micro == 0 ? text : text + fmt::format(".{:06}", micro);
    };
    const auto day = [&at] {
        return fmt::format("{:04}-{:02}-{:02}", at(0) << 8 | at(1), at(2) & 0x7f, at(3));
    };
    if (name == "date" && bytes.size() == 4)
        return day();
    if (name == "time" && bytes.size() == 6)
        return clock(0);
    if (name == "datetime" && bytes.size() == 10)
        return day() + "T" + clock(4);
    return std::nullopt;
}

std::optional<Shape> shapeOfDate(const Pickle& pickle, Node node, const GlobalUse& use) {
    const auto args = pickle.args(node);
    if (use.module != "datetime" || args.empty())
        return std::nullopt;
    // Python 2 had strings for bytes.
    const std::optional<std::string> bytes = pickle.is(args[0], Kind::String)
                                                 ? std::optional(std::string(pickle.text(args[0])))
                                                 : bytesOf(pickle, args[0]);
    if (!bytes)
        return std::nullopt;
    const auto text = dateText(use.name, *bytes);
    if (!text)
        return std::nullopt;
    Shape shape = object(use.qualified());
    shape.parts.emplace_back("iso", MadeText{VKind::String, *text});
    if (args.size() > 1)
        shape.parts.emplace_back("tzinfo", args[1]);
    return shape;
}

std::optional<Shape> shapeOfKnown(const Pickle& pickle, Node node, const GlobalUse& use) {
    if (isDictClass(use)) {
        Shape shape;
        shape.kind = VKind::Dict;
        shape.type = isBuiltin(use, "dict") ? std::string() : use.qualified();
        shape.pairs = dictContent(pickle, node);
        return shape;
    }
    if (auto shape = shapeOfBuiltin(pickle, node, use))
        return shape;
    if (auto shape = shapeOfEncoded(pickle, node, use))
        return shape;
    if (auto shape = shapeOfDate(pickle, node, use))
        return shape;
    if (auto shape = shapeOfNumpy(pickle, node, use))
        return shape;
    if (auto path = pathText(pickle, node)) {
        Shape shape = object(use.qualified());
        shape.parts.emplace_back("path", MadeText{VKind::String, std::move(*path)});
        return shape;
    }
    if ((use.module == "_io" || use.module == "io") && use.name == "BytesIO") {
        const auto state = pickle.state(node);
        const auto items = state ? pickle.items(*state) : std::span<const Node>();
        if (items.empty())
            return std::nullopt;
        Shape shape = object("_io.BytesIO");
        shape.parts.emplace_back("value", items[0]);
        if (items.size() > 1)
            shape.parts.emplace_back("position", items[1]);
        return shape;
    }
    return std::nullopt;
}

std::string pythonName(const GlobalUse& use) {
    return isBuiltin(use, use.name) ? use.name : use.qualified();
}

// The class of an object: the callable itself, or what copyreg's helper and Python 3.11's getattr are given.
std::string className(const Pickle& pickle, Node node) {
    const GlobalUse* use = pickle.global(node);
    if (use == nullptr)
        return "object";
    const auto args = pickle.args(node);
    const bool indirect =
        (use->name == "_reconstructor" && (use->module == "copyreg" || use->module == "copy_reg")) ||
        use->looksUpAttributes;
    if (indirect && !args.empty() && pickle.is(args[0], Kind::Global))
        return pythonName(*pickle.global(args[0]));
    return pythonName(*use);
}

Shape shapeOfObject(const Pickle& pickle, Node node) {
    const GlobalUse* use = pickle.global(node);
    if (use != nullptr)
        if (auto known = shapeOfKnown(pickle, node, *use))
            return std::move(*known);
    Shape shape = object(className(pickle, node));
    if (use == nullptr)
        shape.parts.emplace_back("callable", pickle.callable(node));
    if (!pickle.args(node).empty())
        shape.parts.emplace_back("args", pickle.argsNode(node));
    if (const Node kwargs = pickle.kwargs(node); !pickle.items(kwargs).empty())
        shape.parts.emplace_back("kwargs", kwargs);
    if (const auto state = pickle.state(node))
        shape.parts.emplace_back("state", *state);
    if (const auto items = pickle.listItemsNode(node))
        shape.parts.emplace_back("items", *items);
    if (const auto entries = pickle.dictItemsNode(node))
        shape.parts.emplace_back("entries", *entries);
    return shape;
}

} // namespace

std::optional<std::string_view> torchDtypeName(const Pickle& pickle, Node global) {
    const GlobalUse* use = pickle.is(global, Kind::Global) ? pickle.global(global) : nullptr;
    if (use == nullptr || use->module != "torch" ||
        std::find(DtypeNames.begin(), DtypeNames.end(), use->name) == DtypeNames.end())
        return std::nullopt;
    return use->name;
}

std::optional<std::string> pathText(const Pickle& pickle, Node node) {
    const GlobalUse* use = pickle.is(node, Kind::Object) ? pickle.global(node) : nullptr;
    if (use == nullptr || (use->module != "pathlib" && use->module != "pathlib._local"))
        return std::nullopt;
    const char separator = use->name.find("Windows") == std::string::npos ? '/' : '\\';
    std::string path;
    for (const Node part : pickle.args(node)) {
        if (!pickle.is(part, Kind::String))
            return std::nullopt;
        if (!path.empty() && path.back() != separator)
            path.push_back(separator);
        path += pickle.text(part);
    }
    return path;
}

Shape shapeOf(const Pickle& pickle, Node node) {
    switch (pickle.kind(node)) {
    case Kind::List:
        return sequence(VKind::List, pickle.items(node));
    case Kind::Tuple:
    case Kind::Size:
        return sequence(VKind::Tuple, pickle.items(node));
    case Kind::Set:
        return sequence(VKind::Set, pickle.items(node));
    case Kind::FrozenSet:
        return sequence(VKind::FrozenSet, pickle.items(node));
    case Kind::Dict: {
        Shape shape;
        shape.kind = VKind::Dict;
        const auto items = pickle.items(node);
        shape.pairs.assign(items.begin(), items.end());
        return shape;
    }
    case Kind::Global:
        return shapeOfGlobal(pickle, node);
    case Kind::Object:
        return shapeOfObject(pickle, node);
    case Kind::ByteArray: {
        Shape shape = object("bytearray");
        shape.parts.emplace_back("value", MadeText{VKind::Bytes, std::string(pickle.text(node))});
        return shape;
    }
    case Kind::Persistent: {
        Shape shape = object("persistent id");
        shape.parts.emplace_back("id", pickle.items(node)[0]);
        return shape;
    }
    case Kind::Extension:
    case Kind::Buffer: {
        Shape shape = object(pickle.is(node, Kind::Buffer) ? "out-of-band buffer" : "registered extension");
        shape.parts.emplace_back("number", MadeNumber(static_cast<std::int64_t>(pickle.code(node))));
        return shape;
    }
    default:
        return {};
    }
}

} // namespace shardlens::pickle
