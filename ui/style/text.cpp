// SPDX-License-Identifier: Apache-2.0
#include "ui/style/text.h"

#include "base/escape.h"
#include "base/units.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <vector>

namespace shardlens::style {
namespace {

QString fromCore(const std::string& text) {
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

QString tr(const char* text) {
    return QCoreApplication::translate("style", text);
}

QString filled(std::string_view text, const Args& args) {
    const std::string source(text); // lupdate sees the templates where the rules are
    const auto translated = QCoreApplication::translate("Rule", source.c_str()).toUtf8();
    return fromCore(fillTemplate({translated.data(), static_cast<std::size_t>(translated.size())}, args));
}

} // namespace

QString plain(std::string_view text, std::size_t maxBytes) {
    return fromCore(escapeText(text, maxBytes));
}

QString toolTip(const QString& plainText) {
    // Qt guesses rich text from tags; an escaped document with white-space kept says exactly this text.
    return QStringLiteral("<p style=\"white-space:pre-wrap\">") + plainText.toHtmlEscaped() +
           QStringLiteral("</p>");
}

QString bytesText(std::uint64_t bytes) {
    return fromCore(formatBytes(bytes));
}
QString exactBytes(std::uint64_t bytes) {
    return tr("%1 bytes").arg(grouped(bytes));
}
QString bytesTip(std::uint64_t bytes) {
    return bytesText(bytes) + QStringLiteral(", ") + exactBytes(bytes);
}
QString countText(std::uint64_t count) {
    return fromCore(formatCount(count));
}
QString grouped(std::uint64_t number) {
    return fromCore(formatGrouped(number));
}
QString parametersText(std::uint64_t count) {
    return tr("%1 parameters").arg(countText(count));
}
QString shapeText(DimsView dims) {
    return fromCore(formatShape(dims));
}

QString indexText(DimsView index) {
    constexpr std::size_t shown = 8, edge = 4;
    QString out = QStringLiteral("[");
    for (std::size_t i = 0; i < index.size(); ++i) {
        if (i)
            out += QStringLiteral(", ");
        if (index.size() > shown && i == edge) {
            out += QStringLiteral("…");
            i = index.size() - edge + 1;
            out += QStringLiteral(", ");
        }
        out += QString::number(index[i]);
    }
    return out + QLatin1Char(']');
}

QString rangeText(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end)
        return tr("none");
    if (end - begin == 1)
        return QString::number(begin);
    return QStringLiteral("%1 … %2").arg(begin).arg(end - 1);
}

QString percentText(double share) {
    const double percent = share * 100;
    const int decimals = percent >= 99.95 || percent == 0 ? 0 : percent >= 10 ? 1 : percent >= 1 ? 2 : 3;
    return QString::number(percent, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212)) +
           QStringLiteral(" %");
}

QString numberText(double value, int digits) {
    if (std::isnan(value))
        return QStringLiteral("NaN");
    if (std::isinf(value))
        return value < 0 ? QStringLiteral("−∞") : QStringLiteral("∞");
    if (value == 0)
        return std::signbit(value) ? QStringLiteral("−0") : QStringLiteral("0");
    const double magnitude = std::fabs(value);
    QString text;
    if (magnitude >= 1e-3 && magnitude < 1e6) {
        const int whole = int(std::floor(std::log10(magnitude))) + 1; // below 0.1 zeros are no digits
        text = QString::number(value, 'f', std::max(0, digits - whole));
    } else {
        text = QString::number(value, 'e', std::max(0, digits - 2));
    }
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

QString message(const Error& error) {
    return filled(error.rule->sentence, error.args);
}
QString advice(const Error& error) {
    return filled(error.rule->advice, error.args);
}
QString place(const Location& where) {
    return fromCore(shardlens::place(where));
}

QString severityText(Severity severity) {
    switch (severity) {
    case Severity::Error:
        return tr("error");
    case Severity::Warning:
        return tr("warning");
    case Severity::Info:
        break;
    }
    return tr("note");
}

QString elideMiddle(const QString& text, const QFontMetricsF& metrics, double width) {
    return metrics.elidedText(text, Qt::ElideMiddle, width);
}

} // namespace shardlens::style
