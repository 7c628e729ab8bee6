// SPDX-License-Identifier: Apache-2.0
#include "app/cli/rule_catalogue.h"

#include "analysis/rules.h"
#include "app/cli/rules.h"
#include "convert/rules.h"
#include "convert/sample.h"
#include "data/rules.h"
#include "formats/file_damage.h"
#include "formats/hub/rules.h"
#include "formats/json/rules.h"
#include "formats/open.h"
#include "formats/pickle/rules.h"
#include "formats/safetensors/rules.h"
#include "formats/torch/rules.h"
#include "formats/zip/rules.h"
#include "io/path_guard.h"
#include "io/rules.h"
#include "jobs/job_context.h"
#include "model/rules.h"
#include "query/rules.h"

#include <algorithm>
#include <span>

namespace shardlens::cli {

namespace {

std::vector<const Rule*> collect() {
    std::vector<const Rule*> out;
    const auto add = [&](std::span<const Rule* const> room) {
        out.insert(out.end(), room.begin(), room.end());
    };
    add(rules::analysis::all);
    add(rules::cli::all);
    add(rules::convert::all);
    add(rules::data::all);
    add(rules::file::all);
    add(rules::hub::all);
    add(rules::io::all);
    add(rules::jobs::all);
    add(rules::json::all);
    add(rules::model::all);
    add(rules::open::all);
    add(rules::path::all);
    add(rules::pickle::all);
    add(rules::query::all);
    add(rules::safetensors::all);
    add(rules::sample::all);
    add(rules::torch::all);
    add(rules::zip::all);
    std::sort(out.begin(), out.end(), [](const Rule* a, const Rule* b) { return a->id < b->id; });
    out.erase(
        std::unique(out.begin(), out.end(), [](const Rule* a, const Rule* b) { return a->id == b->id; }),
        out.end());
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
