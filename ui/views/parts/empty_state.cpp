// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/empty_state.h"

#include "ui/style/painting.h"
#include "ui/style/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace shardlens::ui {

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_explanation(new QLabel(this))
    , m_actions(new QHBoxLayout) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    column->addStretch(2);
    for (auto* label : {m_title, m_explanation}) {
        label->setTextFormat(Qt::PlainText);
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        column->addWidget(label);
    }
    m_title->setFont(style::titleFont(font()));
    m_explanation->setForegroundRole(QPalette::PlaceholderText);
    m_actions->setSpacing(8);
    column->addLayout(m_actions);
    column->addStretch(3);
}

void EmptyState::setText(const QString& title, const QString& explanation) {
    m_title->setText(title);
    m_explanation->setText(explanation);
    m_explanation->setVisible(!explanation.isEmpty());
}

void EmptyState::clearActions() {
    while (auto* item = m_actions->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
}

void EmptyState::addAction(const QString& text, const std::function<void()>& act) {
    if (m_actions->isEmpty()) {
        m_actions->addStretch();
        m_actions->addStretch();
    }
    auto* button = new QPushButton(this);
    button->setText(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&"))); // no mnemonic from a name
    connect(button, &QPushButton::clicked, this, [act] { act(); });
    m_actions->insertWidget(m_actions->count() - 1, button);
}

} // namespace shardlens::ui
