// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <string>
#include <string_view>

namespace shardlens::ui {

/// A path of the file system as the library takes it, byte for byte, and back.
std::string toPath(const QString& path);
QString fromPath(std::string_view path);

/// The last part of a path that tells something; "/" for the root.
QString lastPart(const QString& path);
/// The folder that holds it, with the home folder as "~".
QString shownFolder(const QString& path);

} // namespace shardlens::ui
