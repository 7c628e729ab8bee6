// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/findings.h"

#include "formats/pickle/rules.h"

#include <tuple>
#include <utility>

namespace shardlens::pickle {

namespace {

constexpr std::size_t MaxKept = 256; // names with their places; more are counted
constexpr std::size_t MaxNamed = 12; // unknown classes spelled out in one finding

bool isBefore(const Location& a, const Location& b) {
    return std::tie(a.file, a.item, a.offset) < std::tie(b.file, b.item, b.offset);
}

} // namespace

void GlobalFindings::note(Names& names, const std::string& name, Location place) {
    const auto known = names.places.find(name);
    if (known == names.places.end() && names.places.size() >= MaxKept)
        ++names.more;
    else if (known == names.places.end())
        names.places.emplace(name, std::move(place));
    else if (isBefore(place, known->second))
        known->second = std::move(place);
}

void GlobalFindings::add(const Pickle& pickle, const Location& where) {
    for (const GlobalUse& use : pickle.globals()) {
        if (use.danger == Danger::Harmless)
            continue;
        Location place = where;
        place.offset = where.offset.value_or(0) + use.offset;
        note(use.danger == Danger::Dangerous ? m_dangerous : m_unknown, use.qualified(), std::move(place));
    }
}

void GlobalFindings::merge(GlobalFindings&& other) {
    const auto take = [](Names& from, Names& into) {
        for (auto& [name, place] : from.places)
            note(into, name, std::move(place));
        into.more += from.more;
    };
    take(other.m_dangerous, m_dangerous);
    take(other.m_unknown, m_unknown);
}

Findings GlobalFindings::take() {
    Findings all;
    auto dangerous = std::exchange(m_dangerous, {});
    for (auto& [name, place] : dangerous.places)
        all.push_back({Error{&rules::pickle::DangerousGlobal, {name}, place}, {}, {}});
    if (dangerous.more > 0)
        all.push_back({Error{&rules::pickle::DangerousGlobal,
                             {std::to_string(dangerous.more) + " more callables"},
                             dangerous.places.begin()->second},
                       {},
                       {}});
    const auto unknown = std::exchange(m_unknown, {});
    if (unknown.places.empty())
        return all;
    std::string names;
    std::size_t named = 0;
    const Location* first = nullptr;
    for (const auto& [name, place] : unknown.places) {
        if (first == nullptr || isBefore(place, *first))
            first = &place;
        if (named++ < MaxNamed)
            names += (names.empty() ? "" : ", ") + name;
        else if (named == MaxNamed + 1)
            names += ", …";
    }
    all.push_back({Error{&rules::pickle::UnknownGlobals,
                         {std::uint64_t{unknown.places.size()} + unknown.more, names},
                         *first},
                   {},
                   {}});
    return all;
}

Findings globalFindings(const Pickle& pickle, const Location& where) {
    GlobalFindings all;
    all.add(pickle, where);
    return all.take();
}

} // namespace shardlens::pickle
