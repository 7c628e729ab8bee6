// SPDX-License-Identifier: Apache-2.0
#include "model/finding.h"

namespace shardlens {

FindingCounts countFindings(const Findings& findings) {
    FindingCounts counts;
    for (const auto& finding : findings) {
        switch (finding.severity()) {
        case Severity::Error:
            ++counts.errors;
            break;
        case Severity::Warning:
            ++counts.warnings;
            break;
        case Severity::Info:
            ++counts.infos;
            break;
        }
    }
    return counts;
}

} // namespace shardlens
