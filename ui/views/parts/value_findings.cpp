// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/value_findings.h"

#include "ui/style/small_widgets.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr std::size_t MostFindings = 6; ///< four kinds, and what could not be read

} // namespace

ValueFindings::ValueFindings(QWidget* parent) : QWidget(parent), m_lines(new QVBoxLayout(this)) {
    m_lines->setContentsMargins(12, 0, 12, 6);
    m_lines->setSpacing(4);
}

QWidget* ValueFindings::addLine(std::optional<Severity> severity, const QString& text, const QString& tip) {
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(new style::Glyph(severity, 14, line));
    auto* label = new QLabel(line);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    if (!tip.isEmpty())
        label->setToolTip(style::toolTip(tip));
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(label, 1);
    m_lines->addWidget(line);
    return line;
}

void ValueFindings::setFindings(const Findings& findings, bool complete) {
    clearLayout(m_lines);
    for (std::size_t i = 0; i < std::min(findings.size(), MostFindings); ++i) {
        const auto& finding = findings[i];
        const auto text = style::message(finding.what);
        auto* line = addLine(finding.severity(), text, style::advice(finding.what));
        if (finding.tensors.empty())
            continue;
        auto* go = new style::LinkButton(tr("Show"), line);
        go->setAccessibleName(tr("Show the first tensor: %1").arg(text));
        line->layout()->addWidget(go);
        connect(go, &QAbstractButton::clicked, this,
                [this, first = finding.tensors.front()] { emit picked(first); });
    }
    if (findings.size() > MostFindings)
        m_lines->addWidget(
            new style::QuietLabel(tr("%1 more").arg(style::grouped(findings.size() - MostFindings)), this));
    if (findings.empty() && complete)
        addLine(std::nullopt,
                tr("No NaN, no ±Inf, no tensor of zeros alone, no two tensors with the same bytes."), {});
}

} // namespace shardlens::ui
