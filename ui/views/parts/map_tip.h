// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

#include <utility>

namespace shardlens::ui {

/// What a map says about the thing under the pointer: a title and lines of name and value. One a window; it
/// flips at the window's edges and keeps away from what it describes.
class MapTip : public QWidget {
    Q_OBJECT

public:
    using Lines = QList<std::pair<QString, QString>>;

    /// `avoid` is in the owner's coordinates; plain text throughout.
    static void show(QWidget* owner, const QRect& avoid, const QString& title, const Lines& lines);
    static void hideFrom(QWidget* owner);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    explicit MapTip(QWidget* window);
    QSize wanted() const;
    QString m_title;
    Lines m_lines;
    QWidget* m_owner = nullptr;
};

} // namespace shardlens::ui
