// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/shape_numpy.h"

#include "base/endian.h"
#include "formats/pickle/text_escapes.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shardlens::pickle {

namespace {

constexpr std::size_t MaxValues = 1000; // of an array, shown in a value

struct NumpyType {
    char kind = 0; // b i u f c
    unsigned size = 0;
    bool big = false;
};

// numpy.dtype('f4', False, True) with a state whose second item is the byte order.
std::optional<NumpyType> dtypeOf(const Pickle& pickle, Node node) {
    if (!pickle.isCall(node, "numpy", "dtype"))
        return std::nullopt;
    const auto args = pickle.args(node);
    const std::string_view code = args.empty() ? std::string_view() : pickle.text(args[0]);
    if (code.size() < 2 || code.size() > 3)
        return std::nullopt;
    NumpyType type;
    type.kind = code[0];
    for (const char digit : code.substr(1)) {
        if (digit < '0' || digit > '9')
            return std::nullopt;
        type.size = type.size * 10 + static_cast<unsigned>(digit - '0');
    }
    const auto state = pickle.state(node);
    const auto items = state ? pickle.items(*state) : std::span<const Node>();
    type.big = items.size() > 1 && pickle.text(items[1]) == ">";
    const bool known =
        (type.kind == 'b' && type.size == 1) || (type.kind == 'c' && (type.size == 8 || type.size == 16)) ||
        (type.kind == 'f' && (type.size == 2 || type.size == 4 || type.size == 8)) ||
        ((type.kind == 'i' || type.kind == 'u') && std::has_single_bit(type.size) && type.size <= 8);
    return known ? std::optional(type) : std::nullopt;
}

std::string typeText(const NumpyType& type) {
    switch (type.kind) {
    case 'b':
        return "bool";
    case 'i':
        return "int" + std::to_string(type.size * 8);
    case 'u':
        return "uint" + std::to_string(type.size * 8);
    case 'f':
        return "float" + std::to_string(type.size * 8);
    default:
        return "complex" + std::to_string(type.size * 8);
    }
}

std::uint64_t bitsAt(std::string_view bytes, unsigned size, bool big) {
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[big ? size - 1 - i : i]);
        bits |= std::uint64_t{byte} << (8 * i);
    }
    return bits;
}

double halfToDouble(std::uint64_t bits) {
    const int exponent = static_cast<int>(bits >> 10 & 0x1f);
    const auto fraction = static_cast<double>(bits & 0x3ff);
    const double sign = (bits >> 15 & 1) != 0 ? -1.0 : 1.0;
    if (exponent == 31)
        return fraction == 0 ? sign * HUGE_VAL : std::nan("");
    return exponent == 0 ? sign * std::ldexp(fraction, -24)
                         : sign * std::ldexp(fraction + 1024, exponent - 25);
}

double floatOf(std::uint64_t bits, unsigned size) {
    if (size == 2)
        return halfToDouble(bits);
    return size == 4 ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)))
                     : std::bit_cast<double>(bits);
}

MadeNumber numberAt(std::string_view bytes, const NumpyType& type) {
    const std::uint64_t bits = bitsAt(bytes, type.size, type.big);
    switch (type.kind) {
    case 'b':
        return bits != 0;
    case 'f':
        return floatOf(bits, type.size);
    case 'i': {
        const unsigned unused = 64 - 8 * type.size;
        return static_cast<std::int64_t>(bits << unused) >> unused;
    }
    default:
        return bits;
    }
}

// One element, complex ones as two numbers.
void addNumbers(std::vector<MadeNumber>& to, std::string_view bytes, const NumpyType& type) {
    if (type.kind != 'c') {
        to.push_back(numberAt(bytes, type));
        return;
    }
    const NumpyType half{'f', type.size / 2, type.big};
    to.push_back(numberAt(bytes, half));
    to.push_back(numberAt(bytes.substr(half.size), half));
}

// Bytes as such, or as protocols before 3 write them.
std::optional<std::string> bytesOf(const Pickle& pickle, Node node) {
    if (pickle.is(node, Kind::Bytes) || pickle.is(node, Kind::ByteArray) || pickle.is(node, Kind::String))
        return std::string(pickle.text(node));
    std::string bytes;
    const auto args = pickle.args(node);
    if (pickle.isCall(node, "_codecs", "encode") && !args.empty() &&
        utf8ToLatin1(pickle.text(args[0]), bytes))
        return bytes;
    return std::nullopt;
}

Shape arrayShape(const NumpyType& type, std::optional<Node> dims, std::string_view bytes, bool fortran) {
    Shape shape;
    shape.kind = Value::Kind::Object;
    shape.type = "numpy.ndarray";
    shape.parts.emplace_back("dtype", MadeText{Value::Kind::String, typeText(type)});
    if (dims)
        shape.parts.emplace_back("shape", *dims);
    shape.parts.emplace_back("order", MadeText{Value::Kind::String, fortran ? "F" : "C"});
    std::vector<MadeNumber> values;
    for (std::size_t i = 0; i < std::min(MaxValues, bytes.size() / type.size); ++i)
        addNumbers(values, bytes.substr(i * type.size), type);
    shape.parts.emplace_back("values", std::move(values));
    return shape;
}

void appendUtf8(std::string& to, std::uint64_t code) {
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        code = 0xfffd;
    const auto byte = [&](std::uint64_t value) {
        to += static_cast<char>(value);
    };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xc0 | code >> 6);
        byte(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        byte(0xe0 | code >> 12);
        byte(0x80 | (code >> 6 & 0x3f));
        byte(0x80 | (code & 0x3f));
    } else {
        byte(0xf0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3f));
        byte(0x80 | (code >> 6 & 0x3f));
        byte(0x80 | (code & 0x3f));
    }
}

// numpy.str_ (dtype U, four bytes a character) and numpy.bytes_ (dtype S), padded with zeros.
std::optional<Shape> textScalar(const Pickle& pickle, Node dtype, Node data) {
    if (!pickle.isCall(dtype, "numpy", "dtype") || pickle.args(dtype).empty())
        return std::nullopt;
    const auto code = pickle.text(pickle.args(dtype)[0]);
    auto bytes = bytesOf(pickle, data);
    if (code.empty() || (code[0] != 'U' && code[0] != 'S') || !bytes)
        return std::nullopt;
    const auto state = pickle.state(dtype);
    const auto items = state ? pickle.items(*state) : std::span<const Node>();
    const bool big = items.size() > 1 && pickle.text(items[1]) == ">";
    Shape shape;
    shape.kind = Value::Kind::Object;
    shape.type = code[0] == 'U' ? "numpy.str_" : "numpy.bytes_";
    std::string content;
    if (code[0] == 'U') {
        constexpr unsigned width = 4;
        for (std::size_t at = 0; at + width <= bytes->size(); at += width)
            if (const auto character = bitsAt(std::string_view(*bytes).substr(at), width, big);
                character != 0)
                appendUtf8(content, character);
    } else {
        content = bytes->substr(0, bytes->find_last_not_of('\0') + 1);
    }
    const auto kind = code[0] == 'U' ? Value::Kind::String : Value::Kind::Bytes;
    shape.parts.emplace_back("value", MadeText{kind, std::move(content)});
    return shape;
}

std::optional<Shape> scalar(const Pickle& pickle, Node node) {
    const auto args = pickle.args(node);
    if (args.size() != 2)
        return std::nullopt;
    if (auto text = textScalar(pickle, args[0], args[1]))
        return text;
    const auto type = dtypeOf(pickle, args[0]);
    const auto bytes = bytesOf(pickle, args[1]);
    if (!type || !bytes || bytes->size() < type->size)
        return std::nullopt;
    Shape shape;
    shape.kind = Value::Kind::Object;
    shape.type = "numpy." + typeText(*type);
    std::vector<MadeNumber> values;
    addNumbers(values, *bytes, *type);
    if (values.size() == 1)
        shape.parts.emplace_back("value", values[0]);
    else
        shape.parts.emplace_back("value", std::move(values));
    return shape;
}

// _reconstruct(ndarray, (0,), b'b') with the state (version, shape, dtype, fortran order, bytes).
std::optional<Shape> array(const Pickle& pickle, Node node) {
    const auto state = pickle.state(node);
    const auto items = state ? pickle.items(*state) : std::span<const Node>();
    if (items.size() != 5)
        return std::nullopt;
    const auto type = dtypeOf(pickle, items[2]);
    const auto bytes = bytesOf(pickle, items[4]);
    if (!type || !bytes)
        return std::nullopt;
    return arrayShape(*type, items[1], *bytes, pickle.asBool(items[3]));
}

// Protocol 5: _frombuffer(buffer, dtype, shape, order).
std::optional<Shape> fromBuffer(const Pickle& pickle, Node node) {
    const auto args = pickle.args(node);
    if (args.size() != 4)
        return std::nullopt;
    const auto type = dtypeOf(pickle, args[1]);
    const auto bytes = bytesOf(pickle, args[0]);
    if (!type || !bytes)
        return std::nullopt;
    return arrayShape(*type, args[2], *bytes, pickle.text(args[3]) == "F");
}

} // namespace

std::optional<Shape> shapeOfNumpy(const Pickle& pickle, Node node, const GlobalUse& use) {
    if (use.module == "numpy.core.multiarray" || use.module == "numpy._core.multiarray")
        return use.name == "scalar"         ? scalar(pickle, node)
               : use.name == "_reconstruct" ? array(pickle, node)
                                            : std::nullopt;
    if ((use.module == "numpy.core.numeric" || use.module == "numpy._core.numeric") &&
        use.name == "_frombuffer")
        return fromBuffer(pickle, node);
    return std::nullopt;
}

} // namespace shardlens::pickle
