// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/slice_facts.h"

#include <QWidget>

class QVBoxLayout;

namespace shardlens::ui {

/// How much of a tensor its slices cover: a bar, a sentence, and each hole and overlap.
class CoveragePanel : public QWidget {
    Q_OBJECT

public:
    explicit CoveragePanel(QWidget* parent = nullptr);
    void setTensor(const Checkpoint& checkpoint, TensorId tensor, const SliceFacts& facts);

private:
    QVBoxLayout* m_column;
};

} // namespace shardlens::ui
