// SPDX-License-Identifier: Apache-2.0
#include "app/cli/rule_catalogue.h"

#include "app/cli/rules.h"
#include "catalog/rule_catalog.h"

#include <algorithm>
#include <iterator>

namespace shardlens::cli {

namespace {

std::vector<const Rule*> collect() {
    const auto core = shardlens::allRules();
    std::vector<const Rule*> out(core.begin(), core.end());
    out.insert(out.end(), std::begin(rules::cli::all), std::end(rules::cli::all));
    std::sort(out.begin(), out.end(), [](const Rule* a, const Rule* b) { return a->id < b->id; });
    return out;
}

} // namespace

const std::vector<const Rule*>& allRules() {
    static const std::vector<const Rule*> rules = collect();
    return rules;
}

const Rule* findRule(std::string_view id) {
    for (const auto* rule : allRules())
        if (rule->id == id)
            return rule;
    return nullptr;
}

} // namespace shardlens::cli
