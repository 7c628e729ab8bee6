// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

#include <QPushButton>
#include <QWidget>

#include <optional>

namespace shardlens::style {

/// A button that looks like a link: accent colour, underlined under the pointer and with the focus.
class LinkButton : public QPushButton {
    Q_OBJECT

public:
    explicit LinkButton(const QString& text, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
};

/// A severity's shape, or a tick.
class Glyph : public QWidget {
    Q_OBJECT

public:
    /// Nothing: the tick.
    explicit Glyph(std::optional<Severity> severity, int size = 16, QWidget* parent = nullptr);
    void setSeverity(std::optional<Severity> severity);
    QSize sizeHint() const override { return {m_size, m_size}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<Severity> m_severity;
    int m_size;
};

/// A bar of 6 px, from 0 to 1; below 0 it is not known how much there is to do, and the bar stays empty.
class ThinBar : public QWidget {
    Q_OBJECT

public:
    explicit ThinBar(QWidget* parent = nullptr);
    void setShare(double share);
    double share() const { return m_share; }
    QSize sizeHint() const override { return {120, 8}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double m_share = 0;
};

/// A label's text in the palette's secondary colour, at 0.92 of the size; follows palette changes.
class QuietLabel : public QWidget {
    Q_OBJECT

public:
    explicit QuietLabel(const QString& text = {}, QWidget* parent = nullptr);
    void setText(const QString& text);
    QString text() const { return m_text; }
    void setElide(Qt::TextElideMode mode);
    void setAlignment(Qt::Alignment alignment);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QString m_text;
    Qt::TextElideMode m_elide = Qt::ElideNone;
    Qt::Alignment m_alignment = Qt::AlignLeft | Qt::AlignVCenter;
};

} // namespace shardlens::style
