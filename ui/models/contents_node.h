// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/contents_model.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::ui {

/// A row that was opened or shown: the model's own, made when its parent is.
struct ContentsModel::Node {
    ContentsRow::Kind kind = ContentsRow::Kind::Branch;
    Branch branch;                // of a bucket and of alike ones: their items, at the depth of the first
    std::uint32_t labelDepth = 0; // where the label begins: a chain of single children is one row
    Node* parent = nullptr;
    int row = 0;
    bool loaded = false;
    std::uint64_t times = 1; // branches that a row below alike ones stands for
    ChildGroup several;      // of a bucket and of alike ones; else count is 0
    std::vector<std::unique_ptr<Node>> children;
};

} // namespace shardlens::ui
