// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/rules.h"
#include "formats/hub/set_assembler.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace shardlens::hub {

namespace {

struct VersionKey {
    std::string_view key, known;
};
constexpr std::array<VersionKey, 2> VersionKeys{
    {{"DCP_VERSION", "1.0"}, {"transformers_dcp_chunk_version", "1"}}};

/// One finding for each strange version, at the first file that has it.
void reportVersions(SetAssembly& assembly) {
    std::set<std::string> reported;
    for (std::size_t i = 0; i < assembly.set.shards.size(); ++i) {
        const auto& shard = assembly.set.shards[i];
        if (!shard.slices)
            continue;
        for (const auto& [key, known] : VersionKeys)
            if (const auto* version = shard.header->findMetadata(key);
                version && *version != known && reported.insert(*version).second)
                assembly.findings.add(rules::hub::DcpVersion, {*version, std::string(known)},
                                      assembly.inFile(i, key), assembly.about(i));
    }
}

/// Names prove which ranks wrote files; a rank between them without one is worth a look.
void reportRanks(SetAssembly& assembly) {
    std::set<std::uint32_t> ranks;
    for (const auto& shard : assembly.set.shards)
        if (shard.rank)
            ranks.insert(*shard.rank);
    if (ranks.empty())
        return;
    const std::uint64_t lost = std::uint64_t{*ranks.rbegin()} + 1 - ranks.size();
    if (lost == 0)
        return;
    std::uint32_t first = 0;
    while (ranks.contains(first))
        ++first;
    auto number = std::to_string(std::uint64_t{first} + 1);
    number.insert(0, number.size() < 5 ? 5 - number.size() : 0, '0');
    assembly.findings.add(rules::hub::LostRanks, {lost, std::uint64_t{first}, "shard-" + number + "-"});
}

void reportWhole(SetAssembly& assembly) {
    for (std::size_t i = 0; i < assembly.set.shards.size(); ++i) {
        const auto& shard = assembly.set.shards[i];
        if (!shard.slices && shard.tensors() > 0)
            assembly.findings.add(rules::hub::WholeBesideSlices, {shard.name}, assembly.inFile(i),
                                  assembly.about(i));
    }
}

} // namespace

void addSliceFindings(SetAssembly& assembly) {
    if (!assembly.set.slices)
        return;
    reportVersions(assembly);
    reportRanks(assembly);
    reportWhole(assembly);
}

} // namespace shardlens::hub
