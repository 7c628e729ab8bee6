// SPDX-License-Identifier: Apache-2.0
#include "ui/style/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <optional>

namespace shardlens::style {
namespace {

/// Draws an outline whose strokes are black in the file in a colour of the moment.
class OutlineEngine : public QIconEngine {
public:
    OutlineEngine(QString name, std::optional<QColor> color)
        : m_name(std::move(name))
        , m_color(std::move(color)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        QSvgRenderer renderer(tinted(colorFor(mode)));
        if (renderer.isValid())
            renderer.render(painter, rect);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        const auto color = colorFor(mode);
        const QString key = QStringLiteral("shardlens/%1/%2/%3x%4")
                                .arg(m_name, color.name(QColor::HexArgb))
                                .arg(size.width())
                                .arg(size.height());
        QPixmap out;
        if (QPixmapCache::find(key, &out))
            return out;
        out = QPixmap(size);
        out.fill(Qt::transparent);
        QPainter painter(&out);
        paint(&painter, QRect(QPoint(), size), mode, state);
        QPixmapCache::insert(key, out);
        return out;
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
        return pixmap(size, mode, state);
    }

    QIconEngine* clone() const override { return new OutlineEngine(*this); }
    QString iconName() override { return m_name; }
    bool isNull() override { return !QFile::exists(path()); }

private:
    QString m_name;
    std::optional<QColor> m_color;

    QString path() const { return QStringLiteral(":/shardlens/icons/%1.svg").arg(m_name); }

    QColor colorFor(QIcon::Mode mode) const {
        const auto palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled)
            return palette.color(QPalette::Disabled, QPalette::ButtonText);
        if (m_color)
            return *m_color;
        return palette.color(mode == QIcon::Selected ? QPalette::HighlightedText : QPalette::ButtonText);
    }

    QByteArray tinted(const QColor& color) const {
        QFile file(path());
        if (!file.open(QIODevice::ReadOnly))
            return {};
        return file.readAll().replace("#000", color.name().toLatin1());
    }
};

} // namespace

QIcon icon(QStringView name) {
    return QIcon(new OutlineEngine(name.toString(), std::nullopt));
}
QIcon icon(QStringView name, const QColor& color) {
    return QIcon(new OutlineEngine(name.toString(), color));
}

} // namespace shardlens::style
