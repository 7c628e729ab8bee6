// SPDX-License-Identifier: Apache-2.0
#include "ui/document/paths.h"

#include <QDir>
#include <QFile>

namespace shardlens::ui {

std::string toPath(const QString& path) {
    return QFile::encodeName(path).toStdString();
}

QString fromPath(std::string_view path) {
    return QFile::decodeName(QByteArray(path.data(), static_cast<qsizetype>(path.size())));
}

QString lastPart(const QString& path) {
    const QString clean = QDir::cleanPath(path);
    const qsizetype slash = clean.lastIndexOf(QLatin1Char('/'));
    const QString last = clean.mid(slash + 1);
    return last.isEmpty() ? clean : last;
}

QString shownFolder(const QString& path) {
    const QString clean = QDir::cleanPath(path);
    const qsizetype slash = clean.lastIndexOf(QLatin1Char('/'));
    const QString folder = slash <= 0 ? QStringLiteral("/") : clean.left(slash);
    const QString home = QDir::homePath();
    if (folder == home || folder.startsWith(home + QLatin1Char('/')))
        return QLatin1Char('~') + folder.mid(home.size());
    return folder;
}

} // namespace shardlens::ui
