// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/settings/settings.h"

#include <QDialog>

namespace shardlens::ui {

/// Appearance and what conversions may use. Changes take effect at once; there is nothing to apply.
class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    explicit SettingsDialog(Settings* settings, QWidget* parent = nullptr);
};

} // namespace shardlens::ui
