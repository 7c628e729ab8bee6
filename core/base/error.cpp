// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include "base/escape.h"
#include "base/units.h"

namespace shardlens {

namespace {

/// Long enough for paths and names that people use, short enough that a hostile one leaves the sentence
/// legible.
constexpr std::size_t MaxArgumentBytes = 400;

std::string show(const Arg& arg) {
    if (const auto* text = std::get_if<std::string>(&arg))
        return escapeText(*text, MaxArgumentBytes);
    if (const auto* number = std::get_if<std::uint64_t>(&arg))
        return std::to_string(*number);
    if (const auto* number = std::get_if<std::int64_t>(&arg))
        return std::to_string(*number);
    return formatBytes(std::get<Bytes>(arg).count);
}

} // namespace

std::string_view severityName(Severity severity) {
    switch (severity) {
    case Severity::Error:
        return "error";
    case Severity::Warning:
        return "warning";
    case Severity::Info:
        return "info";
    }
    return "error";
}

std::string fillTemplate(std::string_view text, const Args& args) {
    std::string out;
    out.reserve(text.size() + 16 * args.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool placeholder = text[i] == '{' && i + 2 < text.size() && text[i + 1] >= '0' &&
                                 text[i + 1] <= '9' && text[i + 2] == '}';
        const auto index = placeholder ? static_cast<std::size_t>(text[i + 1] - '0') : args.size();
        if (index < args.size()) {
            out += show(args[index]);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string message(const Error& error) {
    return fillTemplate(error.rule->sentence, error.args);
}

std::string advice(const Error& error) {
    return fillTemplate(error.rule->advice, error.args);
}

std::string place(const Location& where) {
    std::string out = escapeText(where.file, MaxArgumentBytes);
    const auto append = [&out](const std::string& part) {
        if (!out.empty())
            out += ", ";
        out += part;
    };
    if (where.offset)
        append("byte " + std::to_string(*where.offset));
    if (!where.item.empty())
        append(escapeText(where.item, MaxArgumentBytes));
    return out;
}

std::string describe(const Error& error) {
    std::string out = message(error);
    if (const auto where = place(error.where); !where.empty())
        out += " (" + where + ")";
    if (const auto what = advice(error); !what.empty())
        out += "\n" + what;
    return out;
}

} // namespace shardlens
