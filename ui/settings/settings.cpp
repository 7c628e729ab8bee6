// SPDX-License-Identifier: Apache-2.0
#include "ui/settings/settings.h"

#include "base/limits.h"

#include <QDir>
#include <QMetaEnum>

#include <algorithm>

namespace shardlens::ui {

namespace {

const QString AppearanceKey = QStringLiteral("appearance");
const QString ThreadsKey = QStringLiteral("conversion/threads");
const QString MemoryKey = QStringLiteral("conversion/memoryMiB");
const QString GeometryKey = QStringLiteral("window/geometry");
const QString StateKey = QStringLiteral("window/state");
const QString TabKey = QStringLiteral("window/tab");
const QString FolderKey = QStringLiteral("files/lastFolder");

constexpr unsigned MaxThreads = 256;
constexpr std::uint64_t MinMemory = 32, DefaultMemory = 256, MaxMemory = 65536; // MiB

} // namespace

Settings::Settings(QObject* parent) : QObject(parent) {}

Settings::Settings(const QString& file, QObject* parent)
    : QObject(parent)
    , m_settings(file, QSettings::IniFormat) {}

Settings::Appearance Settings::appearance() const {
    bool known = false;
    const int value = QMetaEnum::fromType<Appearance>().keyToValue(
        m_settings.value(AppearanceKey).toString().toLatin1().constData(), &known);
    return known ? static_cast<Appearance>(value) : Appearance::Desktop;
}

void Settings::setAppearance(Appearance appearance) {
    if (appearance == this->appearance())
        return;
    m_settings.setValue(AppearanceKey, QString::fromLatin1(QMetaEnum::fromType<Appearance>().valueToKey(
                                           static_cast<int>(appearance))));
    emit appearanceChanged();
}

unsigned Settings::threads() const {
    return std::min(m_settings.value(ThreadsKey, 0).toUInt(), MaxThreads);
}

void Settings::setThreads(unsigned threads) {
    m_settings.setValue(ThreadsKey, threads);
}

std::uint64_t Settings::memory() const {
    const quint64 memory = m_settings.value(MemoryKey, quint64{DefaultMemory}).toULongLong();
    return std::clamp<std::uint64_t>(memory, MinMemory, MaxMemory) * Limits::MiB;
}

void Settings::setMemory(std::uint64_t bytes) {
    m_settings.setValue(MemoryKey, quint64{bytes / Limits::MiB});
}

QByteArray Settings::windowGeometry() const {
    return m_settings.value(GeometryKey).toByteArray();
}

QByteArray Settings::windowState() const {
    return m_settings.value(StateKey).toByteArray();
}

void Settings::setWindow(const QByteArray& geometry, const QByteArray& state) {
    m_settings.setValue(GeometryKey, geometry);
    m_settings.setValue(StateKey, state);
}

QString Settings::centralTab() const {
    return m_settings.value(TabKey).toString();
}

void Settings::setCentralTab(const QString& name) {
    m_settings.setValue(TabKey, name);
}

QString Settings::lastFolder() const {
    return m_settings.value(FolderKey, QDir::homePath()).toString();
}

void Settings::setLastFolder(const QString& folder) {
    m_settings.setValue(FolderKey, folder);
}

} // namespace shardlens::ui
