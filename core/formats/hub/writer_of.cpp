// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/writer_of.h"

#include "base/limits.h"
#include "formats/hub/opened_shard.h"
#include "formats/json/parse.h"

#include <string_view>
#include <utility>

namespace shardlens::hub {

namespace {

Result<std::string> libraryOfConfig(const FileTree& folder, const JobContext& context) {
    SHARDLENS_TRY(const auto source, folder.open("config.json"));
    SHARDLENS_TRY(const auto bytes, readAll(*source, Limits::MiB));
    SHARDLENS_TRY(const auto config, json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                                 "config.json", context));
    if (config.value.kind() != Value::Kind::Dict)
        return std::string();
    for (const auto& [key, library] :
         {std::pair<std::string_view, std::string_view>{"transformers_version", "transformers "},
          {"_diffusers_version", "diffusers "}})
        if (const auto version = config.value.find(key); version.kind() == Value::Kind::String)
            return std::string(library) + std::string(version.text());
    return std::string();
}

} // namespace

Result<std::string> writerOf(const FileTree& folder, const AddedSet& set, const JobContext& context) {
    if (set.slices) {
        if (folder.find(".hf_metadata"))
            return std::string("NeMo AutoModel, DCP slices in safetensors");
        return std::string(set.chunkKeys ? "transformers, DCP slices in safetensors"
                                         : "PyTorch DCP, slices in safetensors");
    }
    const auto config = folder.find("config.json");
    if (!config || config->kind != NameKind::File)
        return std::string();
    auto library = libraryOfConfig(folder, context);
    if (library)
        return std::move(*library);
    if (endsJob(library.error()))
        return Failure(std::move(library).error());
    return std::string(); // an unreadable config says nothing; showing it says why
}

} // namespace shardlens::hub
