// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHeaderView>

namespace shardlens::ui {

/// A quiet header: secondary words on the list's own ground, a line below, a small sort mark.
class FlatHeader : public QHeaderView {
    Q_OBJECT

public:
    explicit FlatHeader(QWidget* parent = nullptr);

protected:
    void paintSection(QPainter* painter, const QRect& rect, int logicalIndex) const override;
    void paintEvent(QPaintEvent* event) override;
    QSize sectionSizeFromContents(int logicalIndex) const override;
};

} // namespace shardlens::ui
