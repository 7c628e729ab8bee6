// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/opened.h"

#include <QDateTime>
#include <QObject>
#include <QString>

#include <vector>

namespace shardlens::ui {

class Settings;

/// Something that was opened before.
struct RecentItem {
    QString path;
    QString name;
    QString kind;      ///< `PyTorch DCP`
    quint64 bytes = 0; ///< of its tensors
    int files = 0;
    bool hasErrors = false;
    QDateTime opened;
};

/// The list of what was opened, newest first; kept in the settings. Never looks at the file system.
class RecentItems : public QObject {
    Q_OBJECT

public:
    explicit RecentItems(Settings* settings, QObject* parent = nullptr);

    const std::vector<RecentItem>& items() const { return m_items; }
    void add(const Opened& opened);
    void remove(const QString& path);
    void clear();

signals:
    void changed();

private:
    void save();

    Settings* m_settings;
    std::vector<RecentItem> m_items;
};

/// `today 11:42`, `yesterday`, `12 Nov`, `12 Nov 2024`.
QString shownTime(const QDateTime& time, const QDateTime& now);

} // namespace shardlens::ui
