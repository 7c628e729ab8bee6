// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/parse.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QFile>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::test {

inline Location inFile(std::string name) {
    Location where;
    where.file = std::move(name);
    return where;
}

inline Result<pickle::PicklePtr> run(std::string_view text, const JobContext& context = {}) {
    return pickle::parse(pickle::ownedInput(bytesOf(text), inFile("test.pkl")), context);
}

inline std::string little(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    return text;
}

inline std::string readFile(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

inline const std::string& golden(int protocol) {
    static const std::vector<std::string> files = [] {
        std::vector<std::string> all;
        for (int i = 0; i <= 5; ++i)
            all.push_back(readFile(QStringLiteral(SHARDLENS_TEST_DATA "/pickle/values_p%1.pkl").arg(i)));
        return all;
    }();
    return files[static_cast<std::size_t>(protocol)];
}

inline std::string shortText(std::string_view text) {
    return "\x8c" + little(text.size(), 1) + std::string(text);
}

} // namespace shardlens::test
