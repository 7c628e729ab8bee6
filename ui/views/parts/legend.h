// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/style/painting.h"

#include <QList>
#include <QWidget>

#include <optional>

namespace shardlens::ui {

struct LegendItem {
    QColor color;
    QString text;
    std::optional<style::Hatch> hatch; ///< instead of the colour
};

/// Amounts as colours, from low to high.
struct LegendScale {
    QList<QColor> colors;
    QString low, high;
    QColor none; ///< nothing at all
};

/// What colours and hatches mean, in one line; what does not fit is counted at its end.
class Legend : public QWidget {
    Q_OBJECT

public:
    explicit Legend(QWidget* parent = nullptr);
    void setItems(const QList<LegendItem>& items);
    void setScale(const LegendScale& scale); ///< before the items
    void setHint(const QString& hint);       ///< secondary words at the right end, where they fit
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double drawScale(QPainter& painter, double x) const;

    QList<LegendItem> m_items;
    std::optional<LegendScale> m_scale;
    QString m_hint;
};

} // namespace shardlens::ui
