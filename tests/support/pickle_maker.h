// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::test {

/// Opcodes of a protocol 2 pickle as torch.save writes them, by hand, so that they can lie.
namespace pickled {

std::string text(std::string_view text);
std::string integer(std::int64_t value); ///< LONG1 beyond 32 bits
std::string tuple(const std::vector<std::string>& items);
std::string list(const std::vector<std::string>& items);
std::string dict(const std::vector<std::pair<std::string, std::string>>& items); ///< keys are pickled already
std::string global(std::string_view module, std::string_view name);
std::string call(const std::string& callable, const std::vector<std::string>& arguments);
std::string dims(const std::vector<std::int64_t>& dims);
/// ("storage", torch.CLASS, key, "cpu", count) as a persistent id.
std::string storage(std::string_view className, std::string_view key, std::int64_t count);
/// _rebuild_tensor_v2.
std::string tensor(const std::string& storage, std::int64_t offset, const std::vector<std::int64_t>& size,
                   const std::vector<std::int64_t>& stride);
/// PROTO 2, the value, STOP.
std::string whole(const std::string& value);

} // namespace pickled

/// A torch.save archive: data.pkl, byteorder, the storages as data/KEY, version.
std::vector<std::byte> makeTorchFile(const std::string& value,
                                     const std::vector<std::pair<std::string, std::string>>& storages,
                                     const std::string& byteOrder = "little");

} // namespace shardlens::test
