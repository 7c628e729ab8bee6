// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "query/name_tree.h"

#include <QMetaType>

#include <cstdint>

namespace shardlens::ui {

/// What is selected in the open checkpoint. A value; it means something only together with that checkpoint.
struct SelectedItem {
    enum class Kind : std::uint8_t { Nothing, Tensor, Entry, File, Finding, Branch };

    Kind kind = Kind::Nothing;
    std::uint32_t id = 0;     ///< of the tensor, entry, file or finding
    shardlens::Branch branch; ///< of the name tree, for Kind::Branch

    static SelectedItem tensor(TensorId tensor) { return {Kind::Tensor, tensor.value(), {}}; }
    static SelectedItem entry(EntryId entry) { return {Kind::Entry, entry.value(), {}}; }
    static SelectedItem file(FileId file) { return {Kind::File, file.value(), {}}; }
    static SelectedItem finding(FindingId finding) { return {Kind::Finding, finding.value(), {}}; }
    static SelectedItem of(const shardlens::Branch& branch) { return {Kind::Branch, 0, branch}; }

    bool isNothing() const { return kind == Kind::Nothing; }
    bool isTensor() const { return kind == Kind::Tensor; }
    TensorId tensorId() const { return kind == Kind::Tensor ? TensorId(id) : TensorId(); }
    EntryId entryId() const { return kind == Kind::Entry ? EntryId(id) : EntryId(); }
    FileId fileId() const { return kind == Kind::File ? FileId(id) : FileId(); }
    FindingId findingId() const { return kind == Kind::Finding ? FindingId(id) : FindingId(); }

    bool operator==(const SelectedItem&) const = default;
};

} // namespace shardlens::ui

Q_DECLARE_METATYPE(shardlens::ui::SelectedItem)
