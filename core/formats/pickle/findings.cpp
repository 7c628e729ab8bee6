// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/findings.h"

#include "formats/pickle/rules.h"

#include <tuple>
#include <utility>

namespace shardlens::pickle {

namespace {

constexpr std::size_t MaxNamed = 12; // unknown classes spelled out in one finding

bool isBefore(const Location& a, const Location& b) {
    return std::tie(a.file, a.item, a.offset) < std::tie(b.file, b.item, b.offset);
}

} // namespace

void GlobalFindings::note(std::map<std::string, Location>& list, const std::string& name, Location place) {
    const auto [known, isNew] = list.try_emplace(name, place);
    if (!isNew && isBefore(place, known->second))
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
    for (auto& [name, place] : other.m_dangerous)
        note(m_dangerous, name, std::move(place));
    for (auto& [name, place] : other.m_unknown)
        note(m_unknown, name, std::move(place));
}

Findings GlobalFindings::take() {
    Findings all;
    for (auto& [name, place] : std::exchange(m_dangerous, {}))
        all.push_back({Error{&rules::pickle::DangerousGlobal, {name}, std::move(place)}, {}, {}});
    const auto unknown = std::exchange(m_unknown, {});
    if (unknown.empty())
        return all;
    std::string names;
    std::size_t named = 0;
    const Location* first = nullptr;
    for (const auto& [name, place] : unknown) {
        if (first == nullptr || isBefore(place, *first))
            first = &place;
        if (named++ < MaxNamed)
            names += (names.empty() ? "" : ", ") + name;
        else if (named == MaxNamed + 1)
            names += ", …";
    }
    all.push_back(
        {Error{&rules::pickle::UnknownGlobals, {std::uint64_t{unknown.size()}, names}, *first}, {}, {}});
    return all;
}

Findings globalFindings(const Pickle& pickle, const Location& where) {
    GlobalFindings all;
    all.add(pickle, where);
    return all.take();
}

} // namespace shardlens::pickle
