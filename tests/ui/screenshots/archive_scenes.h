// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace shardlens::ui {
class MainWindow;
}

namespace shardlens::test {

/// Opens a diffusers folder and an archive, and takes pictures of both and of the dialogs that make one of the other.
void shootArchives(ui::MainWindow& window, const QString& folder,
                   const std::function<void(QWidget*, const char*)>& save);

} // namespace shardlens::test
