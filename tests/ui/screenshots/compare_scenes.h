// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace shardlens::ui {
class MainWindow;
}

namespace shardlens::test {

/// Compares two small checkpoints that it writes into `folder`, drags one over the other, converts one whose names
/// a trainer made, and takes pictures on the way.
void shootComparison(ui::MainWindow& window, const QString& folder,
                     const std::function<void(QWidget*, const char*)>& save);

} // namespace shardlens::test
