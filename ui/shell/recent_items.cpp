// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/recent_items.h"

#include "ui/document/paths.h"
#include "ui/settings/settings.h"
#include "ui/style/text.h"

#include <QLocale>

#include <algorithm>

namespace shardlens::ui {

namespace {

constexpr std::size_t MaxItems = 12;
const QString ArrayKey = QStringLiteral("recent");

} // namespace

RecentItems::RecentItems(Settings* settings, QObject* parent) : QObject(parent), m_settings(settings) {
    QSettings& raw = m_settings->raw();
    const int count = std::min(raw.beginReadArray(ArrayKey), static_cast<int>(MaxItems));
    for (int index = 0; index < count; ++index) {
        raw.setArrayIndex(index);
        RecentItem item;
        item.path = raw.value(QStringLiteral("path")).toString();
        item.name = raw.value(QStringLiteral("name")).toString();
        item.kind = raw.value(QStringLiteral("kind")).toString();
        item.bytes = raw.value(QStringLiteral("bytes")).toULongLong();
        item.files = raw.value(QStringLiteral("files")).toInt();
        item.hasErrors = raw.value(QStringLiteral("errors")).toBool();
        item.opened = raw.value(QStringLiteral("opened")).toDateTime();
        if (!item.path.isEmpty())
            m_items.push_back(std::move(item));
    }
    raw.endArray();
}

void RecentItems::add(const Opened& opened) {
    const Checkpoint& checkpoint = *opened.checkpoint;
    RecentItem item;
    item.path = fromPath(opened.path);
    item.name = style::plain(checkpoint.facts().name);
    if (item.name.isEmpty())
        item.name = lastPart(item.path);
    item.kind = style::plain(formatTitle(checkpoint.format()));
    item.bytes = checkpoint.bytes();
    item.files = static_cast<int>(checkpoint.fileCount());
    item.hasErrors = countFindings(checkpoint.findings()).errors > 0;
    item.opened = QDateTime::currentDateTime();
    std::erase_if(m_items, [&](const RecentItem& other) { return other.path == item.path; });
    m_items.insert(m_items.begin(), std::move(item));
    if (m_items.size() > MaxItems)
        m_items.resize(MaxItems);
    save();
    emit changed();
}

void RecentItems::remove(const QString& path) {
    std::erase_if(m_items, [&](const RecentItem& item) { return item.path == path; });
    save();
    emit changed();
}

void RecentItems::clear() {
    m_items.clear();
    save();
    emit changed();
}

void RecentItems::save() {
    QSettings& raw = m_settings->raw();
    raw.remove(ArrayKey);
    raw.beginWriteArray(ArrayKey, static_cast<int>(m_items.size()));
    for (std::size_t index = 0; index < m_items.size(); ++index) {
        const RecentItem& item = m_items[index];
        raw.setArrayIndex(static_cast<int>(index));
        raw.setValue(QStringLiteral("path"), item.path);
        raw.setValue(QStringLiteral("name"), item.name);
        raw.setValue(QStringLiteral("kind"), item.kind);
        raw.setValue(QStringLiteral("bytes"), item.bytes);
        raw.setValue(QStringLiteral("files"), item.files);
        raw.setValue(QStringLiteral("errors"), item.hasErrors);
        raw.setValue(QStringLiteral("opened"), item.opened);
    }
    raw.endArray();
}

QString shownTime(const QDateTime& time, const QDateTime& now) {
    if (!time.isValid())
        return {};
    const qint64 days = time.date().daysTo(now.date());
    if (days == 0)
        return RecentItems::tr("today %1").arg(QLocale().toString(time.time(), QStringLiteral("HH:mm")));
    if (days == 1)
        return RecentItems::tr("yesterday");
    return QLocale().toString(time.date(), time.date().year() == now.date().year()
                                               ? QStringLiteral("d MMM")
                                               : QStringLiteral("d MMM yyyy"));
}

} // namespace shardlens::ui
