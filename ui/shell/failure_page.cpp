// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/failure_page.h"

#include "ui/document/paths.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

QLabel* wrapped() {
    auto* label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

FailurePage::FailurePage(QWidget* parent) : QWidget(parent) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_title = wrapped();
    m_title->setFont(style::titleFont(font()));
    m_sentence = wrapped();
    m_advice = wrapped();
    m_place = new style::QuietLabel;
    m_place->setElide(Qt::ElideMiddle);

    m_adviceBox = new QWidget;
    m_adviceBox->setBackgroundRole(QPalette::AlternateBase);
    m_adviceBox->setAutoFillBackground(true);
    auto* advice = new QVBoxLayout(m_adviceBox);
    advice->setContentsMargins(14, 10, 14, 12);
    auto* heading = new QLabel(tr("What to do"));
    QFont bold = heading->font();
    bold.setWeight(QFont::DemiBold);
    heading->setFont(bold);
    advice->addWidget(heading);
    advice->addWidget(m_advice);

    auto* retry = new QPushButton(tr("Try again"));
    connect(retry, &QPushButton::clicked, this, [this] { emit retryRequested(m_path); });
    auto* another = new QPushButton(tr("Open another…"));
    connect(another, &QPushButton::clicked, this, &FailurePage::openRequested);
    auto* copy = new QPushButton(tr("Copy report"));
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_report); });
    m_back = new QPushButton;
    connect(m_back, &QPushButton::clicked, this, &FailurePage::backRequested);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (QPushButton* button : {m_back, retry, another, copy})
        buttons->addWidget(button);
    buttons->addStretch(1);

    auto* box = new QWidget;
    box->setMaximumWidth(640);
    auto* grid = new QGridLayout(box);
    grid->setHorizontalSpacing(18);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(1, 1);
    grid->addWidget(new style::Glyph(Severity::Error, 32), 0, 0, 2, 1, Qt::AlignTop);
    grid->addWidget(m_title, 0, 1);
    grid->addWidget(m_sentence, 1, 1);
    grid->setRowMinimumHeight(2, 4);
    grid->addWidget(m_adviceBox, 3, 1);
    grid->addWidget(m_place, 4, 1);
    grid->setRowMinimumHeight(5, 8);
    grid->addLayout(buttons, 6, 1);

    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(32, 0, 32, 0);
    page->addStretch(2);
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addWidget(box, 100);
    centred->addStretch(1);
    page->addLayout(centred);
    page->addStretch(3);
}

void FailurePage::show(const QString& path, const Error& error, const QString& openName) {
    m_path = path;
    const QString name = style::plain(toPath(lastPart(path)));
    m_title->setText(tr("%1 cannot be opened").arg(name));
    m_sentence->setText(style::message(error));
    const QString advice = style::advice(error);
    m_advice->setText(advice);
    m_adviceBox->setVisible(!advice.isEmpty());
    QStringList places{style::plain(error.rule->id)};
    if (const QString place = style::place(error.where); !place.isEmpty())
        places << place;
    places << style::plain(toPath(shownFolder(path)));
    m_place->setText(places.join(QStringLiteral("      ")));
    m_back->setText(openName.isEmpty() ? tr("Back") : tr("Back to %1").arg(openName));
    m_report = QStringLiteral("Shardlens %1\n%2\n%3\n%4")
                   .arg(QStringLiteral(SHARDLENS_VERSION), path, m_sentence->text(),
                        places.join(QStringLiteral(", ")));
    if (!advice.isEmpty())
        m_report += QLatin1Char('\n') + advice;
    m_back->setFocus();
}

} // namespace shardlens::ui
