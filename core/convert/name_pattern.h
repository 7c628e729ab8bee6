// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/options.h"
#include "model/checkpoint.h"

#include <cstddef>
#include <string>

namespace shardlens::convert {

/// `model{suffix}.safetensors`, or what the options say, or diffusers' name where the source's files or its
/// config have it.
std::string namePattern(const Checkpoint& source, const Options& options);

/// The pattern's name for the only file, and for file `number` (from 1) of `count`: `-00001-of-00003`.
std::string plainName(const std::string& pattern);
std::string numberedName(const std::string& pattern, std::size_t number, std::size_t count);
std::string indexName(const std::string& pattern);
bool hasSuffix(const std::string& pattern);

/// The pattern that gives this name: `x-00001-of-00003.safetensors` is of `x{suffix}.safetensors`.
std::string patternOf(const std::string& name);

/// True for names that the pattern gives to any file of any count, and to the index: what --force replaces.
bool isOfPattern(const std::string& pattern, const std::string& name);

} // namespace shardlens::convert
