// SPDX-License-Identifier: Apache-2.0
#include "convert/command_text.h"
#include "convert/compare_call.h"
#include "convert/convert.h"
#include "convert/renamer.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace shardlens::convert {

namespace {

std::string_view castName(Cast cast) {
    switch (cast) {
    case Cast::BF16:
        return "bf16";
    case Cast::F16:
        return "fp16";
    case Cast::F32:
        return "fp32";
    case Cast::F64:
        return "fp64";
    default:
        return "original";
    }
}

} // namespace

std::string asCommand(const std::string& sourcePath, const Options& options, const std::string& part,
                      const std::string& variant) {
    CommandText command("shardlens-cli convert");
    command.path(sourcePath);
    command.value("--part", part);
    command.value("--variant", variant);
    command.value("--output", options.output);
    if (options.maxShardSize)
        command.value("--max-shard-size", std::to_string(*options.maxShardSize));
    command.flag("--single-file", options.singleFile);
    command.value("--map", options.mapFile);
    command.value("--like", options.like);
    command.value("--name-pattern", options.namePattern);
    if (options.cast != Cast::None)
        command.value("--cast", std::string(castName(options.cast)));
    command.values("--keep-dtype", options.keepDType);
    command.values("--include", options.include);
    command.values("--exclude", options.exclude);
    command.values("--include-name", options.includeNames);
    command.values("--exclude-name", options.excludeNames);
    command.flag("--drop-optimizer", options.dropOptimizer);
    command.values("--strip-prefix", options.stripPrefixes);
    for (const auto& rename : options.renames)
        command.value("--rename", renameOption(rename));
    for (const auto& rename : options.likeRenames)
        command.value("--like-rename", renameOption(rename));
    if (options.tied == Tied::Duplicate)
        command.value("--tied", "duplicate");
    command.values("--tied-drop", options.tiedDrop);
    for (const auto& [key, value] : options.metadata)
        command.value("--metadata", key + '=' + value);
    command.value("--values", options.valuesFile);
    command.flag("--no-side-files", !options.sideFiles);
    command.value("--partition", options.partition);
    command.flag("--finish", options.finish);
    command.flag("--force", options.force);
    if (options.verify != Verify::Layout)
        command.value("--verify", options.verify == Verify::Full ? "full" : "none");
    command.flag("--no-fsync", !options.sync);
    return command.take();
}

std::string compareCommand(const CompareCall& call) {
    CommandText command("shardlens-cli compare");
    command.path(call.a);
    command.path(call.b);
    if (!call.filter.empty())
        command.argument(call.filter);
    for (const auto& rename : call.renames)
        command.value("--rename", renameOption(rename));
    if (call.tolerance > 0)
        command.value("--tolerance", fmt::format("{}", call.tolerance));
    command.flag("--no-values", !call.values);
    return command.take();
}

} // namespace shardlens::convert
