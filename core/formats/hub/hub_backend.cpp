// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/hub_backend.h"

#include "base/escape.h"
#include "formats/json/parse.h"
#include "formats/pickle/to_value.h"
#include "formats/torch/archive.h"
#include "formats/torch/tensor_recipe.h"
#include "model/value_graph.h"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::hub {

namespace {

Value textValue(Value::Kind kind, std::string_view text) {
    const auto graph = std::make_shared<ValueGraph>();
    const auto node = graph->addText(kind, text);
    return {graph, node};
}

Result<Value> documentValue(const ByteSourcePtr& part, EntryRecord::Kind kind, const JobContext& context) {
    SHARDLENS_TRY(const auto bytes, readAll(*part, context.limits->document));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (kind == EntryRecord::Kind::Json) {
        SHARDLENS_TRY(auto document, json::parse(text, part->name(), context));
        return std::move(document.value);
    }
    const bool isText = kind == EntryRecord::Kind::Text && isValidUtf8(text);
    return textValue(isText ? Value::Kind::String : Value::Kind::Bytes, text);
}

Result<Value> archiveValue(const ByteSourcePtr& part, const JobContext& context) {
    SHARDLENS_TRY(const auto archive, torch::Archive::open(part, context));
    SHARDLENS_TRY(const auto pickle, archive.readPickle(context));
    return pickle::toValue(pickle, pickle->root(), context, {.tensor = torch::describeTensor});
}

} // namespace

Result<Value> HubBackend::value(const Checkpoint& checkpoint, EntryId entry) const {
    const auto& record = checkpoint.entry(entry);
    SHARDLENS_TRY(auto source, checkpoint.source(record.file));
    SHARDLENS_TRY(const auto part,
                  windowSource(std::move(source), record.stored.begin, record.stored.size(), record.name));
    const JobContext context;
    return record.kind == EntryRecord::Kind::Value ? archiveValue(part, context)
                                                   : documentValue(part, record.kind, context);
}

} // namespace shardlens::hub
