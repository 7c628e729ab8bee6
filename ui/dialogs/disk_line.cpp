// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/disk_line.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace shardlens::ui {

namespace {
constexpr int BarWidth = 220, BarHeight = 6;
}

DiskLine::DiskLine(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Disk"));
}

QSize DiskLine::sizeHint() const {
    return {500, QFontMetrics(font()).height() + 6};
}

void DiskLine::setDigest(const PlanDigestPtr& digest) {
    const std::uint64_t needed = digest->plan->bytesWritten;
    m_known = digest->freeBytes && digest->diskBytes && *digest->diskBytes > 0;
    m_text =
        m_known ? tr("%1 needed, %2 free").arg(style::bytesText(needed), style::bytesText(*digest->freeBytes))
                : tr("%1 needed").arg(style::bytesText(needed));
    m_work = digest->blocked()
                 ? QString()
                 : tr("reads %1, writes %2")
                       .arg(style::bytesText(digest->plan->bytesRead), style::bytesText(needed));
    if (m_known) {
        const auto all = static_cast<double>(*digest->diskBytes);
        m_used = std::clamp(1 - static_cast<double>(*digest->freeBytes) / all, 0.0, 1.0);
        m_added = std::clamp(static_cast<double>(needed) / all, 0.0, 1 - m_used);
        m_tooFull = needed > *digest->freeBytes;
    }
    setAccessibleDescription(m_text);
    setToolTip(style::bytesTip(needed));
    update();
}

void DiskLine::paintEvent(QPaintEvent*) {
    if (m_text.isEmpty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const style::Theme theme(palette());
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(theme.text);
    const QString title = tr("Disk");
    double x = QFontMetricsF(bold).horizontalAdvance(title);
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, title);
    x += 20;
    if (m_known) {
        const double y = (height() - BarHeight) / 2.0;
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.track);
        painter.drawRoundedRect(QRectF(x, y, BarWidth, BarHeight), 3, 3);
        painter.setBrush(style::mix(theme.secondary, theme.base, 0.35));
        painter.drawRoundedRect(QRectF(x, y, BarWidth * m_used, BarHeight), 3, 3);
        painter.setBrush(m_tooFull ? theme.severity(Severity::Error) : theme.accent);
        painter.drawRect(QRectF(x + BarWidth * m_used, y, std::max(2.0, BarWidth * m_added), BarHeight));
        x += BarWidth + 14;
    }
    painter.setFont(style::mediumFont(font()));
    painter.setPen(m_tooFull ? theme.severity(Severity::Error) : theme.text);
    style::drawNumber(painter, QRectF(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter, m_text);
    painter.setFont(style::secondaryFont(font()));
    painter.setPen(theme.secondary);
    if (x + style::numberWidth(bold, m_text) + style::numberWidth(painter.font(), m_work) + 20 < width())
        style::drawNumber(painter, rect(), Qt::AlignRight | Qt::AlignVCenter, m_work);
}

} // namespace shardlens::ui
