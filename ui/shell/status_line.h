// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"

#include <QStatusBar>

class QHBoxLayout;
class QLabel;

namespace shardlens::ui {

/// Format, files, tensors, parameters, bytes and ranks of what is open, and how long opening took.
class StatusLine : public QStatusBar {
    Q_OBJECT

public:
    explicit StatusLine(Document* document, QWidget* parent = nullptr);
    /// All of it as one text.
    QString text() const;
    /// Something else than the document, the first part strong; nothing brings the document back.
    void showInstead(const QStringList& parts, const QString& right);

private:
    void refresh();
    void add(const QString& text, const QString& toolTip, bool strong);

    Document* m_document;
    QWidget* m_box;
    QHBoxLayout* m_layout;
    QLabel* m_opened;
    QStringList m_instead;
    QString m_insteadRight;
};

} // namespace shardlens::ui
