// SPDX-License-Identifier: Apache-2.0
#include "catalog/rule_catalog.h"

#include "analysis/rules.h"
#include "convert/dduf_rules.h"
#include "convert/rules.h"
#include "convert/sample.h"
#include "data/rules.h"
#include "formats/dcp/rules.h"
#include "formats/dduf/rules.h"
#include "formats/diffusers/rules.h"
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
#include <vector>

namespace shardlens {

namespace {

/// A line for each list of rules. A test reads the sources and names rules that are missing here.
constexpr std::span<const Rule* const> lists[] = {
    rules::jobs::all,      rules::path::all,        rules::io::all,       rules::model::all,
    rules::query::all,     rules::data::all,        rules::analysis::all, rules::convert::all,
    rules::open::all,      rules::file::all,        rules::json::all,     rules::pickle::all,
    rules::zip::all,       rules::safetensors::all, rules::torch::all,    rules::hub::all,
    rules::dcp::all,       rules::sample::all,      rules::unpack::all,   rules::exports::all,
    rules::diffusers::all, rules::dduf::all,
};

bool before(const Rule* a, const Rule* b) {
    return a->id < b->id;
}

std::vector<const Rule*> collect() {
    std::vector<const Rule*> rules;
    for (const auto list : lists)
        rules.insert(rules.end(), list.begin(), list.end());
    std::sort(rules.begin(), rules.end(), before);
    return rules;
}

} // namespace

std::span<const Rule* const> allRules() {
    static const std::vector<const Rule*> rules = collect();
    return rules;
}

const Rule* findRule(std::string_view id) {
    const auto rules = allRules();
    const Rule wanted{id, Severity::Error, {}, {}};
    const auto found = std::lower_bound(rules.begin(), rules.end(), &wanted, before);
    return found != rules.end() && (*found)->id == id ? *found : nullptr;
}

} // namespace shardlens
