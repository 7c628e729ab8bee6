// SPDX-License-Identifier: Apache-2.0
#include "convert/values_file.h"

#include "base/escape.h"
#include "formats/safetensors/writer.h"
#include "model/value_json.h"

namespace shardlens::convert {

Result<std::optional<PlannedFile>> planValues(const CheckpointPtr& source, const Options& options,
                                              Choice& choice, const JobContext& context) {
    if (options.valuesFile.empty())
        return std::nullopt;
    std::string text = "{";
    for (std::uint32_t i = 0; i != source->entryCount(); ++i) {
        const auto& entry = source->entry(EntryId(i));
        if (entry.kind != EntryRecord::Kind::Value)
            continue;
        SHARDLENS_CHECK(context.checkStop());
        const auto value = source->value(EntryId(i));
        if (!value || !isPlain(*value) || !isValidUtf8(entry.name)) {
            choice.skipped.push_back({entry.name,
                                      value ? "a value that JSON cannot say" : "a value that cannot be read",
                                      entry.stored.size()});
            continue;
        }
        text += text.size() == 1 ? "\n  " : ",\n  ";
        safetensors::appendJsonString(text, entry.name);
        text += ": " + toJson(*value, {.indent = -1, .limits = context.limits});
    }
    text += text.size() == 1 ? "}\n" : "\n}\n";
    PlannedFile file;
    file.path = options.valuesFile;
    file.role = PlannedFile::Role::Values;
    file.bytes = text.size();
    file.pieces.push_back({0, file.bytes, Literal{std::move(text)}});
    return file;
}

} // namespace shardlens::convert
