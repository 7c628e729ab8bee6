// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/selected_item.h"

#include <QObject>

#include <cstddef>
#include <vector>

namespace shardlens::ui {

/// The one selection that all views share, with the way back and forward. Views call select() when the user
/// picks something and follow changed(); selecting what is selected already does nothing, so that a view may
/// answer changed() by moving its own cursor.
class Selection : public QObject {
    Q_OBJECT

public:
    explicit Selection(QObject* parent = nullptr);

    const SelectedItem& current() const { return m_current; }
    void select(const SelectedItem& item);
    /// Forgets everything, also the history: another checkpoint is open.
    void reset();

    bool canGoBack() const { return m_position > 0; }
    bool canGoForward() const { return m_position + 1 < m_history.size(); }
    void goBack();
    void goForward();

signals:
    void changed(const shardlens::ui::SelectedItem& item);
    void historyChanged();

private:
    void moveTo(std::size_t position);

    SelectedItem m_current;
    std::vector<SelectedItem> m_history{SelectedItem{}};
    std::size_t m_position = 0;
};

} // namespace shardlens::ui
