// SPDX-License-Identifier: Apache-2.0
#include "formats/json/visit.h"

#include "formats/json/rules.h"
#include "formats/json/sax.h"
#include "formats/json/scanner.h"
#include "formats/json/utf8.h"

#include <string>

namespace shardlens::json {

Result<void> visit(std::string_view text, std::string_view name, Visitor& visitor, const JobContext& context,
                   std::uint64_t base) {
    SHARDLENS_TRY(const auto bad, firstInvalidUtf8(text, context));
    if (bad != std::string_view::npos)
        return fail(rules::json::NotUtf8, {std::string(name)}, {std::string(name), base + bad, {}});
    switch (scan(text, visitor, context)) {
    case ScanEnd::Done:
    case ScanEnd::Stopped:
        return {};
    case ScanEnd::Cancelled:
        return context.checkStop();
    case ScanEnd::Doubt:
        break;
    }
    visitor.restart();
    return visitThoroughly(text, name, visitor, context, base);
}

} // namespace shardlens::json
