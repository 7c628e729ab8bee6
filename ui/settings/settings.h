// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSettings>
#include <QString>

#include <cstdint>

namespace shardlens::ui {

/// What the program remembers between runs. One place for every key; a value that cannot be read is the
/// default.
class Settings : public QObject {
    Q_OBJECT

public:
    enum class Appearance { Desktop, Light, Dark };
    Q_ENUM(Appearance)

    /// The user's own settings, or those of a file (tests).
    explicit Settings(QObject* parent = nullptr);
    Settings(const QString& file, QObject* parent = nullptr);

    Appearance appearance() const;
    void setAppearance(Appearance appearance);

    /// Threads of a conversion; 0 lets the program choose.
    unsigned threads() const;
    void setThreads(unsigned threads);
    /// Bytes of buffers of a conversion.
    std::uint64_t memory() const;
    void setMemory(std::uint64_t bytes);

    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray& geometry, const QByteArray& state);
    /// The central tab that was in front, by its name.
    QString centralTab() const;
    void setCentralTab(const QString& name);
    /// The folder that file dialogs begin in.
    QString lastFolder() const;
    void setLastFolder(const QString& folder);

    QSettings& raw() { return m_settings; }

signals:
    void appearanceChanged();

private:
    QSettings m_settings;
};

} // namespace shardlens::ui
