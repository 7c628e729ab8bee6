// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/rules.h"
#include "formats/hub/set_assembler.h"
#include "formats/hub/shard_name.h"

#include <set>
#include <string>
#include <utility>

namespace shardlens::hub {

namespace {

void reportProblems(SetAssembly& assembly) {
    const auto& set = assembly.set;
    if (set.indexProblem)
        assembly.findings.add({*set.indexProblem, {}, {}});
    for (std::size_t i = 0; i < set.shards.size(); ++i)
        if (set.shards[i].problem)
            assembly.findings.add({*set.shards[i].problem, assembly.about(i), {}});
}

void reportArchives(SetAssembly& assembly) {
    for (std::size_t i = 0; i < assembly.set.shards.size(); ++i) {
        const auto& archives = assembly.set.shards[i].archives;
        if (archives.empty())
            continue;
        auto where = assembly.inFile(i);
        where.offset = 0;
        assembly.findings.add(
            rules::hub::ArchiveBefore,
            {assembly.set.shards[i].name, std::uint64_t{archives.size()}, Bytes{archives.back().end}},
            std::move(where), assembly.about(i));
    }
}

/// `-00001-of-00003` promises three files; some writers count from 0.
void reportNumbers(SetAssembly& assembly, const WeightSet& set) {
    std::set<std::uint32_t> numbers;
    for (const auto& file : set.files)
        if (const auto name = parseShardName(file); name && name->count == set.count && name->number)
            numbers.insert(*name->number);
    const std::uint32_t first = numbers.contains(0) ? 0 : 1;
    if (numbers.size() >= set.count)
        return;
    std::uint32_t missing = first;
    while (numbers.contains(missing))
        ++missing;
    assembly.findings.add(rules::hub::NumberMissing, {std::uint64_t{set.count - numbers.size()},
                                                      std::uint64_t{set.count}, std::uint64_t{missing}});
}

} // namespace

void addFileFindings(SetAssembly& assembly, const WeightSet& set) {
    reportProblems(assembly);
    reportArchives(assembly);
    auto& findings = assembly.findings;
    if (!assembly.set.index && set.count > 0 && !assembly.set.slices) {
        reportNumbers(assembly, set);
        if (!assembly.set.indexProblem && set.files.size() > 1)
            findings.add(rules::hub::NoIndex, {std::uint64_t{set.files.size()}});
    }
    if (set.loose && !assembly.set.slices)
        findings.add(rules::hub::LooseFiles, {std::uint64_t{set.files.size()}});
    if (const auto& leftover = assembly.set.leftover; !leftover.empty())
        findings.add(rules::hub::LeftoverShards, {std::uint64_t{leftover.size()}, leftover.front()},
                     {.file = assembly.path(leftover.front()), .offset = {}, .item = {}});
}

} // namespace shardlens::hub
