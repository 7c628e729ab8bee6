// SPDX-License-Identifier: Apache-2.0
#include "ui/document/selection.h"

namespace shardlens::ui {

namespace {
constexpr std::size_t MaxHistory = 200;
}

Selection::Selection(QObject* parent) : QObject(parent) {}

void Selection::select(const SelectedItem& item) {
    if (item == m_current)
        return;
    m_history.resize(m_position + 1);
    if (m_history.size() == MaxHistory)
        m_history.erase(m_history.begin());
    m_history.push_back(item);
    moveTo(m_history.size() - 1);
}

void Selection::reset() {
    m_history.assign(1, SelectedItem{});
    moveTo(0);
}

void Selection::goBack() {
    if (canGoBack())
        moveTo(m_position - 1);
}

void Selection::goForward() {
    if (canGoForward())
        moveTo(m_position + 1);
}

void Selection::moveTo(std::size_t position) {
    m_position = position;
    const bool differs = m_history[position] != m_current;
    m_current = m_history[position];
    if (differs)
        emit changed(m_current);
    emit historyChanged();
}

} // namespace shardlens::ui
