// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QIcon>
#include <QStringView>

namespace shardlens::style {

/// The outline `:/shardlens/icons/NAME.svg`, drawn at the size and scale asked for in the application
/// palette's text colour at that moment: it follows theme changes by itself. Every file in resources/icons is
/// there.
QIcon icon(QStringView name);

/// The same in a colour of its own.
QIcon icon(QStringView name, const QColor& color);

} // namespace shardlens::style
