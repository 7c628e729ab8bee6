// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.h"

#include <QWidget>

#include <optional>

class QVBoxLayout;

namespace shardlens::ui {

/// What the figures of many tensors say together: a sentence a finding, with the way to its first tensor.
class ValueFindings : public QWidget {
    Q_OBJECT

public:
    explicit ValueFindings(QWidget* parent = nullptr);
    /// `complete`: nothing found means that nothing is there.
    void setFindings(const Findings& findings, bool complete);

signals:
    void picked(shardlens::TensorId tensor);

private:
    QWidget* addLine(std::optional<Severity> severity, const QString& text, const QString& tip);
    QVBoxLayout* m_lines;
};

} // namespace shardlens::ui
