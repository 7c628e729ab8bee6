// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"

#include <QLineEdit>

namespace shardlens::ui {

/// Where the filter is typed: keys coloured, what cannot be read underlined, the count of what is left
/// inside.
class FilterBox : public QLineEdit {
    Q_OBJECT

public:
    explicit FilterBox(Document* document, QWidget* parent = nullptr);
    /// `160 of 291 tensors`; empty where nothing is filtered.
    QString countText() const { return m_count; }

signals:
    /// Down: the user wants to go on in the listing.
    void leaveRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    void changeEvent(QEvent* event) override;
    QSize sizeHint() const override;

private:
    void followDocument();
    void showCount();
    void colour();
    void reserveRoom();

    Document* m_document;
    QAction* m_clear;
    QString m_count;
    bool m_composing = false;
    bool m_colouring = false;
};

} // namespace shardlens::ui
