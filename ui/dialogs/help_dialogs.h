// SPDX-License-Identifier: Apache-2.0
#pragma once

class QWidget;

namespace shardlens::ui {

/// What the program is, its version and licence.
void showAbout(QWidget* parent);
/// What can be opened and what can be written.
void showFormats(QWidget* parent);
/// Every rule that a finding can name, with what to do.
void showRules(QWidget* parent);

} // namespace shardlens::ui
