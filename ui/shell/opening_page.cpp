// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/opening_page.h"

#include "ui/document/paths.h"
#include "ui/jobs/job_row.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

constexpr int PollMs = 1000 / 15;

/// A ring while a stage runs, a tick after it.
class StageMark : public QWidget {
public:
    StageMark() { setFixedSize(18, 18); }
    void setDone() {
        m_done = true;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const style::Theme theme(palette());
        const QRectF disc = QRectF(rect()).adjusted(2, 2, -2, -2);
        if (m_done) {
            style::drawGood(painter, disc, theme);
            return;
        }
        painter.setPen(QPen(theme.line, 2));
        painter.drawEllipse(disc);
        painter.setPen(QPen(theme.accent, 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawArc(disc, 90 * 16, -110 * 16);
    }

private:
    bool m_done = false;
};

} // namespace

OpeningPage::OpeningPage(Document* document, QWidget* parent) : QWidget(parent), m_document(document) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_title = new QLabel;
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(style::titleFont(font()));
    m_where = new style::QuietLabel;
    m_where->setElide(Qt::ElideMiddle);
    m_bar = new style::ThinBar;
    m_bar->setAccessibleName(tr("Progress of opening"));
    m_text = new style::QuietLabel;
    m_cancel = new QPushButton(tr("Cancel"));
    m_cancel->setShortcut(QKeySequence(Qt::Key_Escape));
    connect(m_cancel, &QPushButton::clicked, m_document, &Document::cancelOpening);

    auto* box = new QWidget;
    box->setMaximumWidth(560);
    auto* grid = new QGridLayout(box);
    grid->setColumnStretch(0, 1);
    grid->setHorizontalSpacing(20);
    grid->setVerticalSpacing(6);
    grid->addWidget(m_title, 0, 0, 1, 2);
    grid->addWidget(m_where, 1, 0, 1, 2);
    grid->setRowMinimumHeight(2, 10);
    grid->addWidget(m_bar, 3, 0);
    grid->addWidget(m_cancel, 3, 1);
    grid->addWidget(m_text, 4, 0);
    m_stages = new QVBoxLayout;
    m_stages->setContentsMargins(0, 22, 0, 0);
    m_stages->setSpacing(8);
    grid->addLayout(m_stages, 5, 0, 1, 2);

    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(32, 0, 32, 0);
    page->addStretch(2);
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addWidget(box, 100);
    centred->addStretch(1);
    page->addLayout(centred);
    page->addStretch(3);

    m_timer.setInterval(PollMs);
    connect(&m_timer, &QTimer::timeout, this, &OpeningPage::refresh);
    connect(m_document, &Document::openingChanged, this, [this] {
        if (isVisible() && m_document->isOpening())
            begin();
    });
}

void OpeningPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    begin();
}

void OpeningPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_timer.stop();
}

void OpeningPage::begin() {
    delete m_stageBox;
    m_stageBox = new QWidget;
    m_stages->addWidget(m_stageBox);
    auto* grid = new QGridLayout(m_stageBox);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setColumnStretch(2, 1);
    grid->setHorizontalSpacing(12);
    m_seen.clear();
    const QString path = m_document->openingPath();
    m_title->setText(tr("Opening %1").arg(style::plain(toPath(lastPart(path)))));
    m_where->setText(style::plain(toPath(shownFolder(path))));
    m_cancel->setFocus();
    refresh();
    m_timer.start();
}

void OpeningPage::addStage(const QString& stage) {
    if (!m_seen.empty())
        static_cast<StageMark*>(m_seen.back().mark)->setDone();
    auto* grid = static_cast<QGridLayout*>(m_stageBox->layout());
    const int row = static_cast<int>(m_seen.size());
    auto* mark = new StageMark;
    auto* name = new QLabel(stage);
    name->setTextFormat(Qt::PlainText);
    name->setFont(style::mediumFont(font()));
    auto* amount = new style::QuietLabel;
    grid->addWidget(mark, row, 0);
    grid->addWidget(name, row, 1);
    grid->addWidget(amount, row, 2);
    m_seen.push_back({stage, mark, amount});
}

void OpeningPage::refresh() {
    if (!m_document->isOpening())
        return;
    const ProgressSnapshot progress = m_document->openingProgress();
    QString stage = style::plain(progress.stage);
    if (!stage.isEmpty()) {
        stage[0] = stage[0].toUpper();
        if (m_seen.empty() || m_seen.back().name != stage)
            addStage(stage);
        m_seen.back().amount->setText(amountText(progress));
    }
    m_bar->setShare(
        progress.total == 0 ? -1 : static_cast<double>(progress.done) / static_cast<double>(progress.total));
    const QString rate = rateText(progress);
    m_text->setText(rate.isEmpty() ? tr("Reading names and headers only") : rate);
}

} // namespace shardlens::ui
