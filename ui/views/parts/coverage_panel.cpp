// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/coverage_panel.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace shardlens::ui {
namespace {

constexpr std::size_t MostSaid = 20;

class CoverageBar : public QWidget {
public:
    CoverageBar(double covered, QWidget* parent) : QWidget(parent), m_covered(covered) { setFixedHeight(8); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const style::Theme theme(palette());
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_covered < 1 ? theme.severity(Severity::Error) : theme.good());
        painter.drawRoundedRect(QRectF(0, 1, width(), 6), 3, 3);
        if (m_covered >= 1)
            return;
        // What is missing never vanishes: at least four pixels of it are left.
        painter.setBrush(theme.good());
        painter.drawRoundedRect(QRectF(0, 1, std::min(width() * m_covered, width() - 4.0), 6), 3, 3);
        painter.fillRect(QRectF(std::min(width() * m_covered, width() - 4.0) - 1, 0, 1.5, 8), theme.base);
    }

private:
    double m_covered;
};

} // namespace

CoveragePanel::CoveragePanel(QWidget* parent) : QWidget(parent), m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(12, 8, 12, 12);
    m_column->setSpacing(6);
}

void CoveragePanel::setTensor(const Checkpoint& checkpoint, TensorId id, const SliceFacts& facts) {
    clearLayout(m_column);
    const auto tensor = checkpoint.tensor(id);
    m_column->addWidget(new SectionHeader(tr("Coverage"), this));
    const auto elements = tensor.elements();
    const double missing = elements ? double(facts.missingElements) / double(elements) : 0;
    m_column->addWidget(new CoverageBar(1 - missing, this));
    auto* words = new QLabel(this);
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    words->setText(facts.missingElements == 0
                       ? tr("All %1 values are covered").arg(style::grouped(elements))
                       : tr("%1 of %2 values are covered")
                             .arg(style::percentText(1 - missing), style::grouped(elements)));
    m_column->addWidget(words);
    if (facts.distinct == 1 && facts.copyOf.size() > 1)
        m_column->addWidget(new FindingLine(
            Severity::Info, tr("Replicated"),
            tr("%1 slices hold the same box.").arg(style::grouped(facts.copyOf.size())), this));
    if (facts.short_)
        m_column->addWidget(new FindingLine(Severity::Error,
                                            tr("%1 slices are without their bytes").arg(facts.short_),
                                            tr("The file is missing or ends early; copy it again."), this));
    for (std::size_t i = 0; i < std::min(facts.damages.size(), MostSaid); ++i) {
        const auto text = damageText(checkpoint, id, facts.damages[i]);
        m_column->addWidget(new FindingLine(Severity::Error, text.title, text.explanation, this));
    }
    if (facts.damages.size() > MostSaid)
        m_column->addWidget(
            new FindingLine(Severity::Info, tr("%1 more").arg(facts.damages.size() - MostSaid), {}, this));
    for (std::size_t i = 0; i < std::min<std::size_t>(facts.outOfBounds.size(), MostSaid); ++i)
        m_column->addWidget(new FindingLine(Severity::Error,
                                            tr("Slice %1 leaves the shape").arg(facts.outOfBounds[i]),
                                            tr("The metadata contradicts itself."), this));
    m_column->addStretch();
}

} // namespace shardlens::ui
