// SPDX-License-Identifier: Apache-2.0
// Any bytes as a pickle: the machine ends, failures lie in the input, and what comes out can be walked and
// printed.
#include "formats/pickle/findings.h"
#include "formats/pickle/parse.h"
#include "formats/pickle/to_value.h"
#include "fuzz/target.h"
#include "model/value_json.h"

namespace shardlens::fuzz {

namespace {

using namespace pickle;

Limits smallLimits() {
    Limits limits;
    limits.pickleMemory = 8 * Limits::MiB;
    limits.pickleDepth = 500;
    limits.printedNodes = 20'000;
    limits.printedBytes = Limits::MiB;
    return limits;
}

void run(std::string_view input) {
    static const Limits limits = smallLimits();
    JobContext context;
    context.limits = &limits;
    const auto* begin = reinterpret_cast<const std::byte*>(input.data());
    const auto parsed = parse(ownedInput({begin, begin + input.size()}, {}), context);
    if (!parsed) {
        require(parsed.error().where.offset.value_or(0) <= input.size(), "failures lie in the input");
        return;
    }
    const Pickle& pickle = **parsed;
    require(pickle.end() <= input.size(), "the pickle ends in the input");
    require(pickle.memory() <= limits.pickleMemory + limits.pickleExpansion * input.size(),
            "memory is bounded");
    for (const GlobalUse& use : pickle.globals())
        require(use.offset < input.size(), "globals lie in the input");
    static_cast<void>(globalFindings(pickle, {}));
    const auto value = toValue(*parsed, pickle.root(), context);
    if (value)
        require(toJson(*value, {.indent = -1, .limits = &limits}).size() < 16 * Limits::MiB,
                "printing is bounded");
}

const Registered registered({"pickle", run, {"data/pickle", "hostile/pickle", "data"}});

} // namespace

} // namespace shardlens::fuzz
