// SPDX-License-Identifier: Apache-2.0
#include "ui/style/theme.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace shardlens::style {
namespace {

constexpr std::array<QRgb, 8> Ramp{0x3D3A8C, 0x3C58A8, 0x3877B7, 0x3594BC,
                                   0x42ADB4, 0x63C2A6, 0x8FD39A, 0xBFE296};
constexpr std::array<QRgb, RoleCount> RolesLight{0x4C78B8, 0x6E9BD1, 0x8FB6E0, 0x345A94, 0x1F9E89,
                                                 0x56BDA5, 0x137565, 0xB5689F, 0x7C3A6E, 0xC2A76A};
constexpr std::array<QRgb, RoleCount> RolesDark{0x4F7FC4, 0x6F9ED8, 0x8DB7E6, 0x3C66A6, 0x20A08B,
                                                0x4FBBA2, 0x167C6B, 0xB56BA0, 0x963F7C, 0xC2A76A};
constexpr std::array<QRgb, 7> HeatLight{0x1E4E8C, 0x3F7FBF, 0x8DB8DE, 0xF2F2F2, 0xF1B37A, 0xCF7A2C, 0x8A4409};
constexpr std::array<QRgb, 7> HeatDark{0x9CCBFF, 0x4F94DA, 0x27547F, 0x1A1D21, 0x7A4A1E, 0xD98A3D, 0xFFD09A};

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor along(std::span<const QRgb> stops, double t) {
    const double position = std::clamp(std::isfinite(t) ? t : 0.0, 0.0, 1.0) * double(stops.size() - 1);
    const auto at = std::min(static_cast<std::size_t>(position), stops.size() - 2);
    return mix(QColor(stops[at]), QColor(stops[at + 1]), position - double(at));
}

struct Pair {
    QRgb light, dark;
};

Pair dtypePair(DType dtype) {
    switch (dtype) {
    case DType::F64:
    case DType::C128:
        return {0x6B4C9A, 0xB79AE0};
    case DType::F32:
    case DType::C64:
        return {0x2F5FA8, 0x82ABEC};
    case DType::F16:
    case DType::C32:
        return {0x1F6B89, 0x6CC0E0};
    case DType::BF16:
        return {0x0C6F5F, 0x5CCDB6};
    case DType::F8E4M3:
    case DType::F8E5M2:
    case DType::F8E8M0:
    case DType::F8E4M3Fnuz:
    case DType::F8E5M2Fnuz:
        return {0x96520F, 0xE5A368};
    case DType::F6E2M3:
    case DType::F6E3M2:
    case DType::F4:
        return {0x8C4A12, 0xD18B55};
    case DType::Bool:
    case DType::Unknown:
        return {0x59606B, 0xA1A9B3};
    default:
        return {0x74548A, 0xBFA3D3};
    }
}

} // namespace

QColor mix(const QColor& a, const QColor& b, double share) {
    const auto channel = [share](float from, float to) {
        return float(double(from) + (double(to) - double(from)) * share);
    };
    return QColor::fromRgbF(channel(a.redF(), b.redF()), channel(a.greenF(), b.greenF()),
                            channel(a.blueF(), b.blueF()), channel(a.alphaF(), b.alphaF()));
}

double contrast(const QColor& a, const QColor& b) {
    const auto [low, high] =
        std::minmax({luminance(a), luminance(b)}); // by value: the arguments are temporaries
    return (high + 0.05) / (low + 0.05);
}

QColor textOn(const QColor& fill) {
    const QColor dark(0x14, 0x18, 0x1D), light(Qt::white);
    return contrast(fill, dark) >= contrast(fill, light) ? dark : light;
}

Theme::Theme(const QPalette& palette)
    : window(palette.color(QPalette::Window))
    , base(palette.color(QPalette::Base))
    , text(palette.color(QPalette::Text))
    , selection(palette.color(QPalette::Highlight))
    , selectionText(palette.color(QPalette::HighlightedText)) {
    dark = luminance(base) < luminance(text);
    secondary = mix(text, base, dark ? 0.35 : 0.28);
    line = mix(window, text, dark ? 0.08 : 0.10);
    track = mix(base, text, dark ? 0.10 : 0.08);
    // A pale highlight (many desktops) is a background, not an accent; the link colour then is.
    accent = contrast(selection, base) >= 3 ? selection : palette.color(QPalette::Link);
    if (contrast(accent, base) < 3)
        accent = QColor(dark ? 0x6AA5FF : 0x2563C9);
}

QColor Theme::ordered(double t) const {
    return along(Ramp, t);
}

QColor Theme::ordered(std::size_t index, std::size_t count) const {
    return ordered(count < 2 ? 0.4 : double(index) / double(count - 1));
}

QColor Theme::role(Role role) const {
    return QColor((dark ? RolesDark : RolesLight)[static_cast<std::size_t>(role)]);
}

QColor Theme::dtype(DType type) const {
    const auto pair = dtypePair(type);
    return QColor(dark ? pair.dark : pair.light);
}

QColor Theme::dtypeFill(DType type) const {
    return mix(base, dtype(type), dark ? 0.20 : 0.14);
}

QColor Theme::severity(Severity severity) const {
    switch (severity) {
    case Severity::Error:
        return QColor(dark ? 0xFF7A88 : 0xC22F44);
    case Severity::Warning:
        return QColor(dark ? 0xEDB44C : 0xA86700);
    case Severity::Info:
        break;
    }
    return QColor(dark ? 0x74AEFF : 0x2563C9);
}

QColor Theme::good() const {
    return QColor(dark ? 0x5CC98C : 0x1F7F4B);
}
QColor Theme::overlap() const {
    return QColor(0xFFD34D);
}
QColor Theme::overlapEdge() const {
    return QColor(0x4A3B00);
}
QColor Theme::notNamed() const {
    return mix(base, text, 0.45);
}
QColor Theme::signedHeat(double t) const {
    return along(dark ? HeatDark : HeatLight, (t + 1) / 2);
}

QColor Theme::amount(double t) const {
    static constexpr std::array<QRgb, 2> light{0xFFFFFF, 0x1F4A86}, night{0x16191D, 0xA5D6F5};
    return along(dark ? night : light, t);
}

QColor Theme::notANumber() const {
    return QColor(dark ? 0xFF4FD8 : 0xC4009A);
}

QColor Theme::filteredOut(const QColor& color) const {
    return mix(color, mix(base, text, dark ? 0.13 : 0.12), 0.86);
}

} // namespace shardlens::style
