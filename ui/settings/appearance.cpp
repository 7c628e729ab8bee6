// SPDX-License-Identifier: Apache-2.0
#include "ui/settings/appearance.h"

#include <QApplication>
#include <QPainter>
#include <QProxyStyle>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleOption>

namespace shardlens::ui {

namespace {

struct Tones {
    QColor window, base, alternate, text, secondary, line, button, selection, selectionText, accent, disabled,
        tip;
};

const Tones& tones(bool dark) {
    static const Tones light{0xF3F4F6, 0xFFFFFF, 0xF7F8FA, 0x1B2026, 0x5B6570, 0xDDE1E6,
                             0xFFFFFF, 0xD6E4FB, 0x1B2026, 0x2563C9, 0x9AA3AD, 0xFFFFFF};
    static const Tones night{0x1D2025, 0x15181C, 0x1A1D22, 0xE2E6EA, 0x9AA4AF, 0x2C3138,
                             0x282C33, 0x233F6B, 0xFFFFFF, 0x6AA5FF, 0x6A737D, 0x282C33};
    return dark ? night : light;
}

/// Fusion outlines fields and boxes in a darker window colour, which a dark window swallows.
class FixedStyle : public QProxyStyle {
public:
    FixedStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        const bool outlined = element == PE_IndicatorCheckBox || element == PE_FrameLineEdit;
        if (!outlined || (option->state & State_HasFocus) ||
            option->palette.window().color().lightness() > 128)
            return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(option->palette.color(QPalette::Midlight));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
        painter->restore();
    }
};

} // namespace

QPalette fixedPalette(bool dark) {
    const Tones& tone = tones(dark);
    QPalette palette;
    palette.setColor(QPalette::Window, tone.window);
    palette.setColor(QPalette::Base, tone.base);
    palette.setColor(QPalette::AlternateBase, tone.alternate);
    palette.setColor(QPalette::Button, tone.button);
    palette.setColor(QPalette::ToolTipBase, tone.tip);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, tone.text);
    palette.setColor(QPalette::BrightText, dark ? QColor(Qt::white) : QColor(Qt::black));
    palette.setColor(QPalette::PlaceholderText, tone.secondary);
    palette.setColor(QPalette::Highlight, tone.selection);
    palette.setColor(QPalette::HighlightedText, tone.selectionText);
    palette.setColor(QPalette::Link, tone.accent);
    palette.setColor(QPalette::LinkVisited, tone.accent);
    palette.setColor(QPalette::Light, dark ? tone.button.lighter(130) : QColor(Qt::white));
    palette.setColor(QPalette::Midlight, dark ? tone.button.lighter(115) : tone.line.lighter(105));
    palette.setColor(QPalette::Mid, dark ? tone.line.lighter(130) : tone.line.darker(115));
    palette.setColor(QPalette::Dark, dark ? tone.window.darker(140) : tone.line.darker(130));
    palette.setColor(QPalette::Shadow, dark ? QColor(Qt::black) : tone.line.darker(200));
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, tone.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, tone.line);
    return palette;
}

void applyAppearance(Settings::Appearance appearance) {
    static const QString desktopStyle = QApplication::style()->name();
    if (appearance == Settings::Appearance::Desktop) {
        if (QApplication::style()->name() != desktopStyle)
            QApplication::setStyle(desktopStyle);
        // An empty palette gives way to the platform's, and to its changes.
        QApplication::setPalette(QPalette());
        return;
    }
    if (!dynamic_cast<FixedStyle*>(QApplication::style()))
        QApplication::setStyle(new FixedStyle);
    QApplication::setPalette(fixedPalette(appearance == Settings::Appearance::Dark));
}

} // namespace shardlens::ui
