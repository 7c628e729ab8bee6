// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"
#include "base/limits.h"
#include "model/checkpoint.h"
#include "model/rules.h"
#include "model/value_graph.h"

namespace shardlens {

Result<Payload> CheckpointBackend::payload(const Checkpoint& checkpoint, SliceId id) const {
    const auto slice = checkpoint.slice(id);
    const std::string name(checkpoint.tensor(slice.tensor).name());
    if (!slice.file.valid())
        return fail(rules::SliceWithoutBytes, {std::uint64_t{1}}, {.file = {}, .offset = {}, .item = name});
    const auto count = checkedProduct(slice.box.size);
    const auto expected = count ? packedBytes(slice.dtype, *count) : std::nullopt;
    if (!expected || *expected != slice.stored.size())
        return fail(rules::StoredSizeDiffers,
                    {name, Bytes{slice.stored.size()}, std::string(shardlens::name(slice.dtype))},
                    {.file = checkpoint.file(slice.file).path, .offset = slice.stored.begin, .item = name});
    Payload out;
    out.file = slice.file;
    out.bytes = slice.stored;
    out.encoding.decoded = slice.stored.size();
    out.dtype = slice.dtype;
    return out;
}

Result<Value> CheckpointBackend::value(const Checkpoint& checkpoint, EntryId id) const {
    const auto& entry = checkpoint.entry(id);
    const bool readable = entry.kind == EntryRecord::Kind::Text || entry.kind == EntryRecord::Kind::Binary;
    if (!readable || !entry.file.valid())
        return fail(rules::NoDecoder, {entry.name}, {.file = {}, .offset = {}, .item = entry.name});
    SHARDLENS_TRY(const auto source, checkpoint.source(entry.file));
    SHARDLENS_TRY(const auto window, windowSource(source, entry.stored.begin, entry.stored.size(),
                                                  checkpoint.file(entry.file).path));
    SHARDLENS_TRY(const auto bytes, readAll(*window, defaultLimits().document));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    auto graph = std::make_shared<ValueGraph>();
    const auto node = graph->addText(
        entry.kind == EntryRecord::Kind::Text ? Value::Kind::String : Value::Kind::Bytes, text);
    return Value(std::move(graph), node);
}

} // namespace shardlens
