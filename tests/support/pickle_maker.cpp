// SPDX-License-Identifier: Apache-2.0
#include "support/pickle_maker.h"

#include "support/zip_maker.h"

#include <limits>

namespace shardlens::test {

namespace pickled {

namespace {

std::string little(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> (8 * i));
    return out;
}

} // namespace

std::string text(std::string_view text) {
    return "X" + little(text.size(), 4) + std::string(text);
}

std::string integer(std::int64_t value) {
    if (value >= std::numeric_limits<std::int32_t>::min() &&
        value <= std::numeric_limits<std::int32_t>::max())
        return "J" + little(static_cast<std::uint64_t>(value), 4);
    return std::string("\x8a\x08") + little(static_cast<std::uint64_t>(value), 8);
}

std::string tuple(const std::vector<std::string>& items) {
    std::string out = "(";
    for (const auto& item : items)
        out += item;
    return out + "t";
}

std::string list(const std::vector<std::string>& items) {
    std::string out = "](";
    for (const auto& item : items)
        out += item;
    return out + "e";
}

std::string dict(const std::vector<std::pair<std::string, std::string>>& items) {
    std::string out = "}(";
    for (const auto& [key, value] : items)
        out += key + value;
    return out + "u";
}

std::string global(std::string_view module, std::string_view name) {
    return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}

std::string call(const std::string& callable, const std::vector<std::string>& arguments) {
    return callable + tuple(arguments) + "R";
}

std::string dims(const std::vector<std::int64_t>& dims) {
    std::vector<std::string> items;
    items.reserve(dims.size());
    for (const auto dim : dims)
        items.push_back(integer(dim));
    return tuple(items);
}

std::string storage(std::string_view className, std::string_view key, std::int64_t count) {
    return tuple({text("storage"), global("torch", className), text(key), text("cpu"), integer(count)}) + "Q";
}

std::string tensor(const std::string& storage, std::int64_t offset, const std::vector<std::int64_t>& size,
                   const std::vector<std::int64_t>& stride) {
    return call(global("torch._utils", "_rebuild_tensor_v2"),
                {storage, integer(offset), dims(size), dims(stride), "\x89",
                 call(global("collections", "OrderedDict"), {})});
}

std::string whole(const std::string& value) {
    return "\x80\x02" + value + ".";
}

} // namespace pickled

std::vector<std::byte> makeTorchFile(const std::string& value,
                                     const std::vector<std::pair<std::string, std::string>>& storages,
                                     const std::string& byteOrder) {
    std::vector<ZipMakerEntry> entries{{.name = "archive/data.pkl", .data = pickled::whole(value)},
                                       {.name = "archive/byteorder", .data = byteOrder}};
    for (const auto& [key, bytes] : storages)
        entries.push_back({.name = "archive/data/" + key, .data = bytes});
    entries.push_back({.name = "archive/version", .data = "3\n"});
    ZipMakerOptions options;
    options.zip64End = true;
    return makeZip(entries, options);
}

} // namespace shardlens::test
