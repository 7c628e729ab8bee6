// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/backend.h"
#include "formats/dcp/item_checks.h"
#include "formats/dcp/rules.h"
#include "io/rules.h"
#include "jobs/parallel_for.h"
#include "model/value_json.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>

namespace shardlens::dcp {

namespace {

constexpr std::size_t MaxCheckedValues = 4096;
constexpr std::uint64_t MaxCheckedBytes = 64 * Limits::MiB;
constexpr std::size_t MaxValueFindings = 16;
/// Compressed values unpack to so much, one and all of them, before opening leaves them alone.
constexpr std::uint64_t MaxUnpacked = Limits::MiB, MaxUnpackedOfAll = 64 * Limits::MiB;

struct Checked {
    std::string typeName;
    std::optional<Error> problem;
    std::optional<std::size_t> differs; ///< index of the place whose value differs from the first one's
    std::string first, other;           ///< both in one line
};

class ValueChecks {
public:
    ValueChecks(Describer& describer, CheckpointBuilder& builder, pickle::GlobalFindings& globals,
                const JobContext& context)
        : m_describer(describer)
        , m_builder(builder)
        , m_globals(globals)
        , m_context(context)
        , m_values(describer.values())
        , m_checked(m_values.size()) {}

    Result<void> run() {
        choose();
        m_context.begin("reading values", m_chosen, false);
        SHARDLENS_CHECK(parallelFor(m_context, m_chosen, [this](std::size_t i) -> Result<void> {
            check(m_values[i], m_checked[i]);
            m_context.add(1);
            return m_context.checkStop();
        }));
        for (std::size_t i = 0; i < m_chosen; ++i)
            report(m_values[i], m_checked[i]);
        reportPlaces();
        if (const std::uint64_t left = m_values.size() - m_chosen + m_leftAlone; left > 0)
            m_builder.addFinding(rules::dcp::ValuesNotSearched, {left, std::uint64_t{m_values.size()}});
        return {};
    }

private:
    void choose() {
        std::uint64_t bytes = 0;
        for (; m_chosen < std::min(m_values.size(), MaxCheckedValues); ++m_chosen) {
            for (const auto& [metadata, item] : m_values[m_chosen].places)
                bytes += item == nullptr ? 0 : std::min(item->range.size(), MaxCheckedBytes);
            if (bytes > MaxCheckedBytes)
                return;
        }
    }

    /// Where the item lies; nothing where another finding says why it cannot be read.
    std::optional<ItemPlace> placeOf(const StoredItem* item) const {
        if (item == nullptr || item->unknownTransform)
            return std::nullopt;
        const FileTable::File& file = m_describer.files().at(item->file);
        if (file.source == nullptr || item->range.end > file.bytes)
            return std::nullopt;
        return ItemPlace{file.source, item->range, item->layers};
    }

    /// `io.too-large` where the value is left alone.
    Result<DecodedValue> decode(const ItemPlace& place, const std::string& name) {
        pickle::GlobalFindings own;
        const bool packed = place.layers > 0;
        if (packed && m_unpacked > MaxUnpackedOfAll)
            return fail(rules::TooLarge, {name, Bytes{place.range.size()}, Bytes{MaxUnpackedOfAll}});
        auto decoded =
            decodeValue(place, name, packed ? MaxUnpacked : m_context.limits->document, m_context, &own);
        if (packed)
            m_unpacked += decoded ? decoded->bytes : MaxUnpacked;
        const std::scoped_lock lock(m_mutex);
        m_globals.merge(std::move(own));
        return decoded;
    }

    void check(const PlannedValue& value, Checked& into) {
        std::optional<std::string> first;
        for (std::size_t i = 0; i < value.places.size(); ++i) {
            const auto place = placeOf(value.places[i].second);
            if (!place)
                continue;
            auto decoded = decode(*place, value.name);
            if (!decoded && decoded.error().rule == &rules::TooLarge) {
                ++m_leftAlone;
                return;
            }
            if (!decoded) {
                if (i == 0)
                    into.problem = std::move(decoded).error();
                continue;
            }
            if (i == 0)
                into.typeName = decoded->typeName;
            if (value.places.size() == 1)
                return;
            std::string json = toJson(decoded->value, {.indent = -1});
            if (!first) {
                first = std::move(json);
                into.first = toLine(decoded->value, 60);
            } else if (json != *first && !into.differs) {
                into.differs = i;
                into.other = toLine(decoded->value, 60);
            }
        }
    }

    void report(PlannedValue& value, const Checked& checked) {
        const Subject subject{Subject::Kind::Entry, value.entry.value()};
        if (!checked.typeName.empty())
            value.record.typeName = checked.typeName;
        if (checked.problem && m_unreadable++ < MaxValueFindings)
            m_builder.addFinding(rules::dcp::ValueUnreadable, {value.name, message(*checked.problem)},
                                 checked.problem->where, subject);
        if (!checked.differs)
            return;
        const auto& metadata = m_describer.metadata();
        Location where;
        where.item = value.name;
        m_builder.addFinding(rules::dcp::ValuesDiffer,
                             {value.name, checked.first, metadata[value.places[0].first].name, checked.other,
                              metadata[value.places[*checked.differs].first].name},
                             where, subject);
    }

    // Values that cannot be there at all: one finding a file, one for those without bytes.
    void reportPlaces() {
        struct Cause {
            std::uint64_t count = 0;
            const PlannedValue* first = nullptr;
        };
        Cause without;
        std::map<std::uint32_t, Cause> pastEnd;
        const auto note = [](Cause& cause, const PlannedValue& value) {
            if (cause.count++ == 0)
                cause.first = &value;
        };
        for (const PlannedValue& value : m_values) {
            const StoredItem* item = value.places[0].second;
            if (item == nullptr) {
                note(without, value);
                continue;
            }
            const FileTable::File& file = m_describer.files().at(item->file);
            if (file.source != nullptr && item->range.end > file.bytes)
                note(pastEnd[item->file], value);
        }
        if (without.count > 0)
            m_builder.addFinding(rules::dcp::ValueWithoutBytes, {without.count, without.first->name}, {},
                                 {Subject::Kind::Entry, without.first->entry.value()});
        for (const auto& [number, cause] : pastEnd) {
            Location where;
            where.file = m_describer.files().at(number).path;
            where.offset = cause.first->places[0].second->range.begin;
            where.item = cause.first->name;
            m_builder.addFinding(rules::dcp::ValuePastEnd, {cause.count, cause.first->name}, where,
                                 {Subject::Kind::Entry, cause.first->entry.value()});
        }
    }

    Describer& m_describer;
    CheckpointBuilder& m_builder;
    pickle::GlobalFindings& m_globals;
    const JobContext& m_context;
    std::vector<PlannedValue>& m_values;
    std::vector<Checked> m_checked;
    std::size_t m_chosen = 0;
    std::size_t m_unreadable = 0;
    std::atomic<std::uint64_t> m_unpacked{0}, m_leftAlone{0};
    std::mutex m_mutex;
};

} // namespace

Result<void> checkValues(Describer& describer, CheckpointBuilder& builder, pickle::GlobalFindings& globals,
                         const JobContext& context) {
    return ValueChecks(describer, builder, globals, context).run();
}

} // namespace shardlens::dcp
