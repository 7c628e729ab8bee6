// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

namespace shardlens::ui {

/// Its visible children in a row, and in as many rows as the width needs.
class FlowRow : public QWidget {
    Q_OBJECT

public:
    explicit FlowRow(QWidget* parent = nullptr);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange(width, false); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    /// The height that it takes.
    int arrange(int width, bool move) const;
};

} // namespace shardlens::ui
