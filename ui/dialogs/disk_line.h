// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/plan_digest.h"

#include <QWidget>

namespace shardlens::ui {

/// The target's disk: what is used, what the plan adds, what remains; in
/// numbers beside the bar.
class DiskLine : public QWidget {
    Q_OBJECT

public:
    explicit DiskLine(QWidget* parent = nullptr);
    void setDigest(const PlanDigestPtr& digest);
    QString text() const { return m_text; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text, m_work;
    double m_used = 0, m_added = 0;
    bool m_known = false, m_tooFull = false;
};

} // namespace shardlens::ui
