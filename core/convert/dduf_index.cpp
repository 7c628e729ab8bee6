// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_index.h"

#include "formats/diffusers/pipeline.h"
#include "formats/json/visit.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace shardlens::convert {

namespace {

/// Where the arrays of some keys begin and end.
class PairFinder final : public json::Visitor {
public:
    explicit PairFinder(std::span<const std::string> keys) : m_keys(keys) {}

    std::vector<std::pair<std::uint64_t, std::uint64_t>> found; ///< `[` and `]`

    void restart() override {
        found.clear();
        m_depth = 0;
        m_wanted = false;
    }
    bool beginObject(std::uint64_t) override { return enter(); }
    bool key(std::uint64_t, std::string_view name) override {
        if (m_depth == 1)
            m_wanted = std::ranges::find(m_keys, name) != m_keys.end();
        return true;
    }
    bool endObject(std::uint64_t) override { return leave(); }
    bool beginArray(std::uint64_t at) override {
        if (m_wanted && m_depth == 1)
            found.emplace_back(at, at);
        return enter();
    }
    bool endArray(std::uint64_t at) override {
        leave();
        if (m_wanted && m_depth == 1)
            found.back().second = at;
        return true;
    }
    bool string(std::uint64_t, std::string_view) override { return true; }
    bool number(std::uint64_t, std::string_view, bool) override { return true; }
    bool boolean(std::uint64_t, bool) override { return true; }
    bool null(std::uint64_t) override { return true; }

private:
    bool enter() {
        ++m_depth;
        return true;
    }
    bool leave() {
        --m_depth;
        return true;
    }

    std::span<const std::string> m_keys;
    int m_depth = 0;
    bool m_wanted = false;
};

} // namespace

Result<std::string> withoutComponents(std::string_view text, std::span<const std::string> components,
                                      const JobContext& context) {
    PairFinder finder(components);
    SHARDLENS_CHECK(json::visit(text, diffusers::IndexName, finder, context));
    std::string out(text);
    for (auto pair = finder.found.rbegin(); pair != finder.found.rend(); ++pair)
        out.replace(pair->first, pair->second - pair->first + 1, "[null, null]");
    return out;
}

} // namespace shardlens::convert
