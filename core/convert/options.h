// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::convert {

enum class Tied : std::uint8_t { Keep, Duplicate };
enum class Verify : std::uint8_t { None, Layout, Full };
enum class Cast : std::uint8_t { None, BF16, F16, F32, F64, Original };

/// The options of `convert`, one field an option of the command line (see --help); the dialog fills the same.
struct Options {
    std::string output;                        ///< folder, or FILE.safetensors
    std::optional<std::uint64_t> maxShardSize; ///< bytes
    bool singleFile = false;
    std::string mapFile;     ///< {"fqn": file number}
    std::string like;        ///< checkpoint, index or map whose names, order and files are copied
    std::string namePattern; ///< `model{suffix}.safetensors`; empty: by the source's layout
    Cast cast = Cast::None;
    std::vector<std::string> keepDType;        ///< filters: tensors that a cast leaves alone
    std::vector<std::string> include, exclude; ///< filters
    std::vector<std::string> includeNames, excludeNames;
    bool dropOptimizer = false;
    std::vector<std::string> stripPrefixes;
    std::vector<std::pair<std::string, std::string>> renames; ///< regex, replacement; the first that matches
    std::vector<std::pair<std::string, std::string>> likeRenames; ///< applied to REF's names
    Tied tied = Tied::Keep;
    std::vector<std::string> tiedDrop;
    std::vector<std::pair<std::string, std::string>> metadata;
    std::string valuesFile;
    bool sideFiles = true;
    std::string partition; ///< `I/N` or `auto`
    bool finish = false;
    bool force = false;
    Verify verify = Verify::Layout;
    bool sync = true;
};

} // namespace shardlens::convert
