// SPDX-License-Identifier: Apache-2.0
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/style/theme.h"

#include <QDir>
#include <QFile>
#include <QSvgRenderer>
#include <QTest>
#include <QTextDocument>

#include <cmath>
#include <limits>

using namespace shardlens;

namespace {

QPalette paletteOf(bool dark) {
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(dark ? 0x1D2025 : 0xF3F4F6));
    palette.setColor(QPalette::Base, QColor(dark ? 0x15181C : 0xFFFFFF));
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        palette.setColor(role, QColor(dark ? 0xE2E6EA : 0x1B2026));
    palette.setColor(QPalette::Highlight, QColor(dark ? 0x233F6B : 0xD6E4FB));
    palette.setColor(QPalette::HighlightedText, QColor(dark ? 0xE2E6EA : 0x1B2026));
    palette.setColor(QPalette::Link, QColor(dark ? 0x6AA5FF : 0x2563C9));
    return palette;
}

double lightness(const QColor& color) {
    return style::contrast(color, Qt::black);
}

} // namespace

class StyleTest : public QObject {
    Q_OBJECT

private slots:
    void themeFollowsThePalette() {
        QVERIFY(!style::Theme(paletteOf(false)).dark);
        QVERIFY(style::Theme(paletteOf(true)).dark);
        for (const bool dark : {false, true}) {
            const style::Theme theme(paletteOf(dark));
            QVERIFY(style::contrast(theme.text, theme.base) >= 7);
            QVERIFY(style::contrast(theme.secondary, theme.base) >= 4.5);
            QVERIFY(style::contrast(theme.accent, theme.base) >= 3);
        }
    }

    void chipsCanBeRead() {
        for (const bool dark : {false, true}) {
            const style::Theme theme(paletteOf(dark));
            for (const auto& type : allDTypes())
                QVERIFY2(style::contrast(theme.dtype(type.dtype), theme.dtypeFill(type.dtype)) >= 4.4,
                         type.name.data());
        }
    }

    void rampRisesInLightness() {
        const style::Theme theme(paletteOf(false));
        for (std::size_t i = 1; i < 64; ++i)
            QVERIFY(lightness(theme.ordered(i, 64)) > lightness(theme.ordered(i - 1, 64)));
        QVERIFY(theme.ordered(std::numeric_limits<double>::quiet_NaN()).isValid());
    }

    void textOnAnyFillCanBeRead() {
        for (int red = 0; red < 256; red += 51)
            for (int green = 0; green < 256; green += 51)
                for (int blue = 0; blue < 256; blue += 51) {
                    const QColor fill(red, green, blue);
                    QVERIFY(style::contrast(style::textOn(fill), fill) >= 4.2);
                }
    }

    void edgesLieOnDevicePixels() {
        for (const double ratio : {1.0, 1.25, 1.5, 2.0})
            for (double left = 0; left < 4; left += 0.137) {
                const auto rect = style::snapped(QRectF(left, left / 2, 0.01, 7.3), ratio);
                for (const double edge : {rect.left(), rect.right(), rect.top(), rect.bottom()})
                    QVERIFY(std::fabs(edge * ratio - std::round(edge * ratio)) < 1e-9);
                QVERIFY(rect.width() * ratio >= 1 - 1e-9);
            }
    }

    void textIsNeverTakenForRichText() {
        const auto shown =
            style::toolTip(style::plain("<b>x</b>&amp;\n<img src='file:///etc/passwd'>\xe2\x80\xae"));
        QTextDocument document;
        document.setHtml(shown);
        QCOMPARE(document.toPlainText(),
                 QStringLiteral("<b>x</b>&amp;\\n<img src='file:///etc/passwd'>\\u202e"));
    }

    void namesOfAMillionBytesAreCut() {
        const std::string name(1'000'000, 'x');
        QVERIFY(style::plain(name).size() <= qsizetype(style::ShownNameBytes) + 8);
    }

    void numbersAndRanges() {
        QCOMPARE(style::rangeText(0, 1792), QStringLiteral("0 … 1791"));
        QCOMPARE(style::rangeText(5, 6), QStringLiteral("5"));
        QCOMPARE(style::rangeText(6, 6), QStringLiteral("none"));
        QCOMPARE(style::numberText(-0.3320312, 4), QStringLiteral("−0.3320"));
        QCOMPARE(style::numberText(1.19e-5, 4), QStringLiteral("1.19e−05"));
        QCOMPARE(style::numberText(std::nan("")), QStringLiteral("NaN"));
        QCOMPARE(style::numberText(-std::numeric_limits<double>::infinity()), QStringLiteral("−∞"));
        const std::vector<std::uint64_t> many(1000, std::numeric_limits<std::uint64_t>::max());
        QVERIFY(style::indexText(many).size() < 300);
        QVERIFY(style::indexText(many).contains(QChar(u'…')));
    }

    void everyIconIsDrawnInThePalettesColour() {
        const auto names = QDir(QStringLiteral(":/shardlens/icons")).entryList({QStringLiteral("*.svg")});
        QVERIFY(names.size() > 8);
        for (const auto& name : names) {
            QVERIFY2(QSvgRenderer(QStringLiteral(":/shardlens/icons/") + name).isValid(), qPrintable(name));
            QFile file(QStringLiteral(":/shardlens/icons/") + name);
            QVERIFY(file.open(QIODevice::ReadOnly));
            if (!file.readAll().contains("#000"))
                continue; // a picture with colours of its own
            const auto image = style::icon(name.chopped(4), QColor(0xFF0000)).pixmap(36, 36).toImage();
            int red = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x) {
                    const auto pixel = image.pixelColor(x, y);
                    red += pixel.alpha() > 200 ? 1 : 0;
                    if (pixel.alpha() > 200)
                        QVERIFY2(pixel.red() > 200 && pixel.green() < 60, qPrintable(name));
                }
            QVERIFY2(red > 0, qPrintable(name));
        }
    }

    void hatchesStayFixedOnTheScreen() {
        const style::Theme theme(paletteOf(false));
        QImage whole(60, 40, QImage::Format_ARGB32), halves(60, 40, QImage::Format_ARGB32);
        for (auto* image : {&whole, &halves})
            image->fill(Qt::white);
        QPainter first(&whole), second(&halves);
        style::drawHatch(first, QRectF(0, 0, 60, 40), style::Hatch::NotNamed, theme);
        style::drawHatch(second, QRectF(0, 0, 30, 40), style::Hatch::NotNamed, theme);
        style::drawHatch(second, QRectF(30, 0, 30, 40), style::Hatch::NotNamed, theme);
        first.end();
        second.end();
        int different = 0;
        for (int y = 0; y < 40; ++y)
            for (int x = 0; x < 60; ++x)
                different += qAbs(qGray(whole.pixel(x, y)) - qGray(halves.pixel(x, y))) > 40 ? 1 : 0;
        QVERIFY2(different < 10, qPrintable(QString::number(different)));
    }
};

QTEST_MAIN(StyleTest)
#include "style_test.moc"
