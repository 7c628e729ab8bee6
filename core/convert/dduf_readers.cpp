// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_readers.h"

#include "formats/dduf/reader_verdicts.h"

#include <algorithm>
#include <string_view>

namespace shardlens::convert {

std::vector<Verdict> expectedReaders(const ExportPlan& plan) {
    const auto refused = std::ranges::find_if(plan.entries, [](const ExportEntry& entry) {
        return std::string_view(entry.name).ends_with(".model");
    });
    Verdict js{dduf::JsName, true, {}};
    if (refused != plan.entries.end()) {
        js.opens = false;
        js.reason = refused->name + ": .model is not on its list of endings";
    }
    return {{dduf::HubName, true, {}}, std::move(js)};
}

} // namespace shardlens::convert
