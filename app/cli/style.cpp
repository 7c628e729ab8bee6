// SPDX-License-Identifier: Apache-2.0
#include "app/cli/style.h"

#include <cstdlib>

namespace shardlens::cli {

namespace {

std::string_view code(Ink ink) {
    switch (ink) {
    case Ink::Bold:
        return "1";
    case Ink::Faint:
        return "2";
    case Ink::Red:
        return "31";
    case Ink::Green:
        return "32";
    case Ink::Yellow:
        return "33";
    case Ink::Blue:
        return "34";
    case Ink::Cyan:
        return "36";
    case Ink::Plain:
        break;
    }
    return {};
}

bool isSet(const char* variable) {
    const char* const text = std::getenv(variable);
    return text && *text != '\0';
}

} // namespace

std::string Style::paint(Ink ink, std::string_view text) const {
    if (!m_coloured || ink == Ink::Plain || text.empty())
        return std::string(text);
    std::string out = "\x1b[";
    out += code(ink);
    out += 'm';
    out += text;
    return out += "\x1b[0m";
}

bool wantsColour(std::string_view when, bool isTerminal) {
    if (when == "always")
        return true;
    if (when == "never" || !isTerminal || isSet("NO_COLOR"))
        return false;
    const char* const term = std::getenv("TERM");
    return !term || std::string_view(term) != "dumb";
}

Ink inkOf(Severity severity) {
    switch (severity) {
    case Severity::Error:
        return Ink::Red;
    case Severity::Warning:
        return Ink::Yellow;
    case Severity::Info:
        break;
    }
    return Ink::Blue;
}

} // namespace shardlens::cli
