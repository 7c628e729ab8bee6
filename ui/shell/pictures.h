// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/style/theme.h"

#include <QFont>
#include <QRectF>
#include <QString>

class QPainter;

namespace shardlens::ui {

/// The font of a page's title: `factor` of the given one, 600.
QFont pageFont(QFont font, double factor);

/// What an action does, as a picture.
enum class Picture { Inspect, Consolidate, Compare, Archive };

/// 160 × 84, scaled to fit into the rect.
void drawPicture(QPainter& painter, const QRectF& rect, Picture picture, const style::Theme& theme);

/// How a card of the start page or the drop overlay looks.
enum class CardLook { Invitation, Target, ChosenTarget };

/// Picture, title and text, centred. Returns where the text ends.
double drawCard(QPainter& painter, const QRectF& rect, Picture picture, const QString& title,
                const QString& text, CardLook look, const style::Theme& theme);

} // namespace shardlens::ui
