// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>

namespace shardlens::ui {

/// A quiet action in running text: words in the accent colour, underlined under the pointer, focusable.
class LinkButton : public QAbstractButton {
    Q_OBJECT

public:
    explicit LinkButton(const QString& text, QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
};

} // namespace shardlens::ui
