// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

#include <QString>

#include <string_view>

namespace shardlens::ui {

/// Raw text from a file as it may be shown anywhere as plain text (base/escape.h). Not for comparing.
QString shownText(std::string_view raw);
/// As is, for text that the library wrote itself (sentences, sizes): UTF-8 to QString.
QString plain(std::string_view text);
/// A path of the file system as the library takes it, and back.
std::string toPath(const QString& path);
QString fromPath(std::string_view path);

/// The rule's sentence and advice, filled.
QString sentence(const Error& error);
QString adviceOf(const Error& error);
QString placeOf(const Error& error);

} // namespace shardlens::ui
