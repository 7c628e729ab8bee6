// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/compare_rows.h"

#include <QAbstractButton>
#include <QWidget>

#include <array>

namespace shardlens::ui {

/// How the tensors fall into the four classes, as one bar; a class with any tensor stays visible.
class CompareBar : public QWidget {
    Q_OBJECT

public:
    explicit CompareBar(QWidget* parent = nullptr);
    void setCounts(const std::array<std::uint64_t, CompareClassCount>& counts);
    QSize sizeHint() const override { return {320, 12}; }
    QRectF segment(CompareClass which) const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::array<std::uint64_t, CompareClassCount> m_counts{};
};

/// A class with its count, which shows and hides it.
class ClassPill : public QAbstractButton {
    Q_OBJECT

public:
    explicit ClassPill(CompareClass which, QWidget* parent = nullptr);
    void setCount(std::uint64_t count);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    CompareClass m_class;
    QString m_count;
};

} // namespace shardlens::ui
