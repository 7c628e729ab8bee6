// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"

#include <QFrame>

#include <functional>
#include <utility>

class QLabel;
class QPushButton;

namespace shardlens::style {
class Glyph;
class QuietLabel;
} // namespace shardlens::style

namespace shardlens::ui {

/// Hangs below the filter box when the filter cannot be read or matches nothing: what is wrong, what stays in
/// force, and the way out. Takes no focus by itself.
class FilterHint : public QFrame {
    Q_OBJECT

public:
    /// A child of the box's window that follows the box.
    FilterHint(Document* document, QWidget* box);
    QString message() const;
    /// Tells whether a view in sight says already that nothing matches.
    void setSaidElsewhere(std::function<bool()> saidElsewhere) { m_saidElsewhere = std::move(saidElsewhere); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void place();
    void showError(const Error& error);
    void showNothing(const FilterResult& result);

    Document* m_document;
    QWidget* m_box;
    style::Glyph* m_glyph;
    QLabel* m_message;
    style::QuietLabel* m_more;
    QPushButton* m_drop;
    QPushButton* m_clear;
    QString m_without;
    std::function<bool()> m_saidElsewhere = [] {
        return false;
    };
};

} // namespace shardlens::ui
