// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/metadata_file.h"

#include "formats/dcp/rules.h"
#include "formats/file_damage.h"
#include "formats/pickle/parse.h"
#include "formats/pickle/to_value.h"

#include <algorithm>
#include <charconv>

namespace shardlens::dcp {

namespace {

using pickle::Kind;
using pickle::Node;
using pickle::Pickle;

constexpr std::uint64_t HeadBytes = 4096;

std::optional<std::uint32_t> number(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || code != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

// Takes the digits at the end of `text` away.
std::string_view takeDigits(std::string_view& text) {
    std::size_t begin = text.size();
    while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9')
        --begin;
    const std::string_view digits = text.substr(begin);
    text.remove_suffix(digits.size());
    return digits;
}

bool isPaddle(const Pickle& pickle) {
    return std::ranges::any_of(pickle.globals(), [](const pickle::GlobalUse& use) {
        return use.module == "paddle" || use.module.starts_with("paddle.");
    });
}

std::string describeRoot(const Pickle& pickle) {
    return "a value of type " + pickle::typeName(pickle, pickle.root());
}

Node dictOrNone(const Pickle& pickle, std::optional<Node> node) {
    return node && pickle.is(*node, Kind::Dict) ? *node : Node();
}

} // namespace

std::optional<std::uint32_t> metadataRank(std::string_view name) {
    constexpr std::string_view Suffix = ".metadata";
    if (!name.starts_with("__") || !name.ends_with(Suffix) || name.size() < 2 + Suffix.size())
        return std::nullopt;
    return number(name.substr(2, name.size() - 2 - Suffix.size()));
}

std::optional<std::uint32_t> dataFileRank(std::string_view path) {
    constexpr std::string_view Suffix = ".distcp";
    if (!path.ends_with(Suffix))
        return std::nullopt;
    path.remove_suffix(Suffix.size());
    if (takeDigits(path).empty() || !path.ends_with('_'))
        return std::nullopt;
    path.remove_suffix(1);
    const std::string_view rank = takeDigits(path);
    return path.ends_with("__") ? number(rank) : std::nullopt;
}

Result<MetadataFile> readMetadata(const FileTree& folder, const std::string& name,
                                  const JobContext& context) {
    SHARDLENS_TRY(const auto source, folder.open(name));
    const std::uint64_t bytes = source->size();
    std::vector<std::byte> head(static_cast<std::size_t>(std::min(HeadBytes, bytes)));
    SHARDLENS_CHECK(source->readAt(0, head));
    SHARDLENS_CHECK(checkHead(head, bytes, name));
    // Parsing takes longer than reading; both count, so that the bar moves from the first second on.
    context.begin("reading " + name, 2 * bytes);
    Location where;
    where.file = name;
    SHARDLENS_TRY(auto input, pickle::readInput(*source, 0, bytes, where, context));
    MetadataFile out;
    out.name = name;
    out.rank = metadataRank(name);
    out.bytes = bytes;
    SHARDLENS_TRY(out.pickle, pickle::parse(std::move(input), context, true));
    const Pickle& p = *out.pickle;
    const Node root = p.root();
    if (isPaddle(p))
        return fail(rules::dcp::Paddle, {}, where);
    const auto stateDict = p.attribute(root, "state_dict_metadata");
    if (!stateDict || !p.is(*stateDict, Kind::Dict))
        return fail(rules::dcp::NotMetadata, {name, describeRoot(p)}, where);
    out.stateDict = *stateDict;
    out.planner = dictOrNone(p, p.attribute(root, "planner_data"));
    out.storage = dictOrNone(p, p.attribute(root, "storage_data"));
    out.storageMeta = p.attribute(root, "storage_meta").value_or(Node());
    out.version = p.attribute(root, "version").value_or(Node());
    out.mcoreData = dictOrNone(p, p.attribute(root, "mcore_data"));
    return out;
}

} // namespace shardlens::dcp
