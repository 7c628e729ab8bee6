// SPDX-License-Identifier: Apache-2.0
#include "convert/note.h"

#include <utility>

namespace shardlens::convert {

void addNote(Findings& notes, const Rule& rule, Args args, std::vector<TensorId> tensors) {
    Finding finding;
    finding.what.rule = &rule;
    finding.what.args = std::move(args);
    finding.tensors = std::move(tensors);
    notes.push_back(std::move(finding));
}

} // namespace shardlens::convert
