// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens {

/// Writes one JSON document piece by piece, so that a million tensors need no tree in memory. Text that is
/// not UTF-8 gets U+FFFD; whatever could steer a terminal becomes \u escapes. Non-finite numbers are the
/// strings "NaN", "Infinity" and "-Infinity".
class JsonWriter {
public:
    using Sink = std::function<void(std::string_view)>;
    explicit JsonWriter(Sink print) : m_print(std::move(print)) {}

    void beginObject() { open('{'); }
    void endObject() { close('}'); }
    void beginArray() { open('['); }
    void endArray() { close(']'); }
    void key(std::string_view name);

    void value(std::string_view text);
    void value(const char* text) { value(std::string_view(text)); }
    void value(bool flag);
    void value(double number);
    void value(std::unsigned_integral auto number) { unsignedValue(number); }
    void value(std::nullptr_t) { raw("null"); }
    void value(std::span<const std::uint64_t> numbers);
    void value(const std::vector<std::string>& texts);
    /// JSON that stands already.
    void raw(std::string_view json);

    template <typename T>
    void value(const std::optional<T>& maybe) {
        if (maybe)
            value(*maybe);
        else
            value(nullptr);
    }
    template <typename T>
    void field(std::string_view name, const T& content) {
        key(name);
        value(content);
    }

private:
    void open(char bracket);
    void close(char bracket);
    void separate();
    void unsignedValue(std::uint64_t number);

    Sink m_print;
    std::vector<bool> m_hasItems{false}; // of the containers that are open
    bool m_afterKey = false;
};

/// JSON that may be printed on a terminal: what could steer it becomes \u escapes, line ends stay.
std::string safeJson(std::string_view json);

/// The text as a JSON string with its quotes.
std::string jsonString(std::string_view text);

} // namespace shardlens
