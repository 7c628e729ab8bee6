// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shardlens::cli {

/// Where text goes: a descriptor, or a test's memory.
class Sink {
public:
    virtual ~Sink() = default;
    /// Writes all of it; 0, or the errno of the failure.
    virtual int write(std::string_view text) = 0;
    virtual bool isTerminal() const = 0;
    /// Columns of the terminal, 0 where unknown.
    virtual int width() const { return 0; }
};

/// Buffers text for a sink and remembers the first failure; what comes after it is dropped.
class Output {
public:
    explicit Output(Sink& sink) : m_sink(sink) {}
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output() { flush(); }

    void print(std::string_view text) {
        m_buffer += text;
        if (m_buffer.size() >= FlushAt)
            flush();
    }
    void flush();
    /// errno of the first failed write, 0 for none.
    int error() const { return m_error; }
    bool isTerminal() const { return m_sink.isTerminal(); }
    int width() const { return m_sink.width(); }

private:
    static constexpr std::size_t FlushAt = 64 * 1024;
    Sink& m_sink;
    std::string m_buffer;
    int m_error = 0;
};

} // namespace shardlens::cli
