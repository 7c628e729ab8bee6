// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/shell/drop_offer.h"

#include <QVariantAnimation>
#include <QWidget>

namespace shardlens::ui {

/// Covers the window while something is dragged over it: what it is, and what a drop would do. It takes no
/// events itself; the window tells it where the pointer is.
class DropOverlay : public QWidget {
    Q_OBJECT

public:
    explicit DropOverlay(QWidget* window);

    void appear(const DropOffer& offer);
    void setOffer(const DropOffer& offer);
    void vanish();
    bool isUp() const { return m_up; }
    const DropOffer& offer() const { return m_offer; }

    /// Highlights the target below the pointer.
    void pointAt(const QPoint& position);
    void pointNowhere();
    /// What a drop here means.
    DropAction actionAt(const QPoint& position) const;
    QRectF targetRect(std::size_t index) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fadeTo(double opacity);
    void paintHead(QPainter& painter, const style::Theme& theme) const;
    void paintNote(QPainter& painter, const style::Theme& theme) const;
    int targetAt(const QPoint& position) const;

    DropOffer m_offer;
    int m_hovered = -1;
    bool m_up = false;
    double m_opacity = 0;
    QVariantAnimation m_fade;
};

} // namespace shardlens::ui
