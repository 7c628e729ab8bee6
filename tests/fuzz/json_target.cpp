// SPDX-License-Identifier: Apache-2.0
// The fast scanner tells what the thorough parser tells, and accepts nothing that the latter refuses.
#include "formats/json/parse.h"
#include "formats/json/sax.h"
#include "formats/json/scanner.h"
#include "formats/json/utf8.h"
#include "fuzz/target.h"

#include <string>

namespace shardlens::fuzz {

namespace {

class Recorder final : public json::Visitor {
public:
    std::string told;

    void restart() override { told.clear(); }
    bool beginObject(std::uint64_t at) override { return tell('{', at, {}); }
    bool key(std::uint64_t at, std::string_view name) override { return tell('k', at, name); }
    bool endObject(std::uint64_t at) override { return tell('}', at, {}); }
    bool beginArray(std::uint64_t at) override { return tell('[', at, {}); }
    bool endArray(std::uint64_t at) override { return tell(']', at, {}); }
    bool string(std::uint64_t at, std::string_view text) override { return tell('s', at, text); }
    bool number(std::uint64_t at, std::string_view text, bool integer) override {
        return tell(integer ? 'i' : 'f', at, text);
    }
    bool boolean(std::uint64_t at, bool value) override { return tell(value ? 't' : 'u', at, {}); }
    bool null(std::uint64_t at) override { return tell('n', at, {}); }

private:
    bool tell(char what, std::uint64_t at, std::string_view text) {
        told += what + std::to_string(at) + ":" + std::to_string(text.size()) + ":";
        told += text;
        return true;
    }
};

void run(std::string_view input) {
    const JobContext context;
    if (json::firstInvalidUtf8(input) == std::string_view::npos) {
        Recorder fast, thorough;
        const auto end = json::scan(input, fast, context);
        const auto result = json::visitThoroughly(input, "input", thorough, context);
        if (end == json::ScanEnd::Done) {
            require(result.has_value(), "what the scanner accepts is JSON");
            require(fast.told == thorough.told, "both parsers tell the same");
        } else {
            require(end == json::ScanEnd::Doubt, "a scan ends done or in doubt");
        }
        if (!result)
            require(result.error().where.offset.value_or(0) <= input.size(), "failures lie in the text");
    }
    (void)json::parse(input, "input", context);
}

const Registered registered({"json", run, {"hostile/json", "data/expected"}});

} // namespace

} // namespace shardlens::fuzz
