// SPDX-License-Identifier: Apache-2.0
#include "support/layers.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string_view>

namespace shardlens::test {

namespace {

namespace fs = std::filesystem;
using Rooms = std::set<std::string>;

constexpr std::size_t MaxLines = 420;

/// What each room of core may include beside itself. `formats` means the files directly in that folder.
const std::map<std::string, Rooms>& allowedInCore() {
    static const Rooms model{"base", "jobs", "io", "model"};
    static const Rooms values{"base", "jobs", "io", "model", "formats"};
    static const auto with = [](Rooms rooms, const Rooms& more) {
        rooms.insert(more.begin(), more.end());
        return rooms;
    };
    static const Rooms low{"formats/json", "formats/pickle", "formats/zip"};
    static const Rooms middle = with(low, {"formats/safetensors", "formats/torch"});
    static const Rooms top =
        with(middle, {"formats/hub", "formats/dcp", "formats/diffusers", "formats/dduf"});
    static const std::map<std::string, Rooms> table{
        {"base", {}},
        {"jobs", {"base"}},
        {"io", {"base", "jobs"}},
        {"model", {"base", "jobs", "io"}},
        {"query", model},
        {"data", model},
        {"analysis", with(model, {"data"})},
        {"formats", with(model, top)}, // detection knows them all
        {"formats/json", values},
        {"formats/pickle", values},
        {"formats/zip", values},
        {"formats/safetensors", with(values, low)},
        {"formats/torch", with(values, low)},
        {"formats/hub", with(values, middle)},
        {"formats/dcp", with(values, middle)},
        {"formats/diffusers", with(with(values, middle), {"formats/hub"})},
        {"formats/dduf", with(with(values, middle), {"formats/diffusers"})},
        {"convert", with(with(values, top), {"query", "data", "analysis"})},
        {"catalog", with(with(values, top), {"query", "data", "analysis", "convert"})},
    };
    return table;
}

/// The room of a path from the root: `io`, `formats/zip`, `ui`, `app/cli`; empty where there is none.
std::string roomOf(const std::string& path) {
    std::vector<std::string> parts;
    for (const auto& part : fs::path(path))
        parts.push_back(part.string());
    if (parts.size() < 2)
        return {};
    if (parts[0] == "ui")
        return "ui";
    if (parts[0] == "app")
        return parts.size() > 2 ? "app/" + parts[1] : "app";
    if (parts[0] != "core" || parts.size() < 3)
        return {};
    return parts[1] == "formats" && parts.size() > 3 ? "formats/" + parts[2] : parts[1];
}

bool isQt(const std::string& header) {
    static const std::regex qt("^Q[A-Z].*|^Qt.*|^q[a-z]+\\.h$");
    return std::regex_match(header, qt);
}

struct Include {
    std::string path;
    bool quoted = false;
};

std::vector<Include> includesOf(const std::string& line) {
    static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
    std::smatch match;
    if (!std::regex_match(line, match, pattern))
        return {};
    return {{match[2], match[1] == "\""}};
}

/// Why a file of `from` may not include this, or nothing.
std::optional<std::string> complaint(const std::string& from, const Include& include) {
    const bool core = !from.starts_with("app") && from != "ui";
    if (!include.quoted)
        return isQt(include.path) && (core || from == "app/cli") ? std::optional<std::string>("knows no Qt")
                                                                 : std::nullopt;
    if (include.path.ends_with(".moc"))
        return std::nullopt;
    const bool fromRoot = include.path.starts_with("ui/") || include.path.starts_with("app/");
    const auto to = roomOf(fromRoot ? include.path : "core/" + include.path);
    if (to.empty() || (!fromRoot && !allowedInCore().contains(to)))
        return "is no path of the house";
    if (to == from)
        return std::nullopt;
    if (core) {
        const auto& allowed = allowedInCore().at(from);
        return allowed.contains(to) ? std::nullopt : std::optional("may not be included by " + from);
    }
    if (to.starts_with("app"))
        return from.starts_with("app") && to == "app" ? std::nullopt
                                                      : std::optional("may not be included by " + from);
    if (to == "ui")
        return from == "app/cli" ? std::optional<std::string>("belongs to the window") : std::nullopt;
    const bool ofFormats = to.starts_with("formats");
    if (from == "ui" && ofFormats && include.path != "formats/survey.h" && include.path != "formats/open.h")
        return "is more of formats than the window may know";
    return std::nullopt;
}

bool isSource(const fs::path& path) {
    return path.extension() == ".h" || path.extension() == ".cpp" || path.filename() == "CMakeLists.txt";
}

void checkFile(const fs::path& root, const fs::path& path, std::vector<std::string>& out) {
    const auto relative = path.lexically_relative(root).generic_string();
    const auto room = roomOf(relative);
    const bool ofProgram = !relative.starts_with("tests/");
    if (ofProgram && path.filename() != "CMakeLists.txt" &&
        (room.empty() || (relative.starts_with("core/") && !allowedInCore().contains(room)))) {
        out.push_back(relative + ": lies in no room");
        return;
    }
    std::ifstream file(path);
    std::string line;
    std::size_t number = 0;
    while (std::getline(file, line)) {
        if (++number == 1 && line.find("SPDX-License-Identifier: Apache-2.0") == line.npos)
            out.push_back(relative + ": no SPDX line");
        if (!ofProgram || path.filename() == "CMakeLists.txt")
            continue;
        for (const auto& include : includesOf(line))
            if (const auto why = complaint(room, include))
                out.push_back(relative + ":" + std::to_string(number) + ": " + include.path + " " + *why);
    }
    if (number == 0)
        out.push_back(relative + ": no SPDX line");
    if (ofProgram && number > MaxLines)
        out.push_back(relative + ": " + std::to_string(number) + " lines");
}

} // namespace

std::vector<std::string> breaches(const std::string& root) {
    std::vector<std::string> out;
    for (const auto* top : {"core", "ui", "app", "tests"}) {
        const auto folder = fs::path(root) / top;
        if (!fs::exists(folder))
            continue;
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            if (entry.is_regular_file() && isSource(entry.path()))
                checkFile(root, entry.path(), out);
    }
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace shardlens::test
