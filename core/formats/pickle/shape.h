// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/pickle.h"
#include "model/value.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace shardlens::pickle {

/// A text that a shape made of a node's bytes (a date in ISO form, a path in one string).
struct MadeText {
    Value::Kind kind = Value::Kind::String;
    std::string text;
};

/// A number that a shape made.
using MadeNumber = std::variant<std::int64_t, std::uint64_t, double, bool>;

/// A child of a value: a node of the pickle, or something made of it.
using Part = std::variant<Node, MadeText, MadeNumber, std::vector<MadeNumber>>;

/// What a node means: the kind of value that shows it, Python's name for its type, and its children. Known
/// classes of PyTorch, numpy and the standard library are read here; the rest are Objects with their parts.
struct Shape {
    Value::Kind kind = Value::Kind::Null;
    std::string type;     ///< empty: the kind's own name
    std::string text;     ///< of a text kind made from something else (Bytes of _codecs.encode)
    bool ownText = false; ///< `text` holds it; else the node's own
    std::vector<std::pair<std::string, Part>> parts; ///< Object: names and parts; sequences: without names
    std::vector<Node> pairs;                         ///< Dict: key, value, …
};

/// Of containers and objects; other kinds give Null.
Shape shapeOf(const Pickle& pickle, Node node);

/// Joined parts of a pathlib path.
std::optional<std::string> pathText(const Pickle& pickle, Node object);

/// `bfloat16` for the global `torch.bfloat16` and other dtypes; nothing else.
std::optional<std::string_view> torchDtypeName(const Pickle& pickle, Node global);

} // namespace shardlens::pickle
