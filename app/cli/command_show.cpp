// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics.h"
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/describe.h"
#include "app/cli/rules.h"
#include "app/cli/statistics_text.h"
#include "app/cli/table.h"
#include "app/cli/value_slice.h"
#include "base/escape.h"
#include "base/units.h"
#include "model/value_json.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace shardlens::cli {

namespace {

/// `[0, 128]`: where a slice begins.
std::string placeText(DimsView offset) {
    std::string out = "[";
    for (std::size_t i = 0; i < offset.size(); ++i)
        out += (i == 0 ? "" : ", ") + std::to_string(offset[i]);
    return out + "]";
}

class Show : public Command {
public:
    std::string name() const override { return "show"; }
    std::string about() const override {
        return "One tensor or entry: facts, slices with byte ranges, values";
    }

    void declare(CLI::App& app) override {
        m_path.declare(app);
        app.add_option("NAME", m_name, "The exact name of a tensor or entry")->required();
        app.add_flag("--stats", m_stats, "Statistics over all values");
        app.add_option("--values", m_values, "Which values, one range a dim as in Python: '[0:4, :8]'")
            ->type_name("SLICE");
    }

    int run(Session& session) override {
        const auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint)
            return session.failure(checkpoint.error());
        const auto tensor = findTensor(session, **checkpoint);
        const auto entry = (*checkpoint)->findEntry(m_name);
        if (!tensor && !entry)
            return session.failure(Error{&rules::cli::NoSuchName, {m_name}, {}});
        const auto shown =
            tensor ? showTensor(session, *checkpoint, *tensor) : showEntry(session, **checkpoint, *entry);
        if (!shown)
            return session.failure(shown.error());
        session.noteFindings(**checkpoint, m_path.path);
        return Done;
    }

private:
    /// A name that was dropped for another one stands for that one.
    std::optional<TensorId> findTensor(Session& session, const Checkpoint& checkpoint) const {
        if (const auto tensor = checkpoint.findTensor(m_name))
            return tensor;
        for (const auto& alias : checkpoint.aliases())
            if (alias.dropped == m_name) {
                session.note(fmt::format("{} is recorded as the same tensor as {}.", shown(m_name),
                                         shown(alias.kept)));
                return checkpoint.findTensor(alias.kept);
            }
        return std::nullopt;
    }

    struct Read {
        std::vector<DimRange> ranges;
        std::vector<std::string> values;
        std::optional<Error> problem; ///< why there are no values; only where none were asked for
        std::optional<Statistics> statistics;
    };

    Result<Read> read(Session& session, const CheckpointPtr& checkpoint, TensorId id) const {
        const auto tensor = checkpoint->tensor(id);
        Read out;
        if (m_values.empty()) {
            out.ranges = cornerOf(tensor.shape());
        } else {
            SHARDLENS_TRY(out.ranges, parseValueSlice(m_values, tensor.shape()));
        }
        auto values = readValues(checkpoint, id, out.ranges, session.context());
        if (values)
            out.values = std::move(*values);
        else if (m_values.empty() && values.error().rule->id != rules::JobCancelled.id)
            out.problem = values.error();
        else
            return Failure(values.error());
        if (m_stats) {
            SHARDLENS_TRY(out.statistics, session.withProgress([&] {
                return computeStatistics(checkpoint, id, StatisticsOptions{}, session.context());
            }));
        }
        return out;
    }

    Result<void> showTensor(Session& session, const CheckpointPtr& checkpoint, TensorId id) const {
        SHARDLENS_TRY(const auto data, read(session, checkpoint, id));
        if (session.json())
            writeJson(session, *checkpoint, checkpoint->tensor(id), data);
        else
            writeText(session, *checkpoint, checkpoint->tensor(id), data);
        return {};
    }

    void writeJson(Session& session, const Checkpoint& checkpoint, const TensorView& tensor,
                   const Read& data) const {
        auto json = session.beginDocument();
        json.key("tensors");
        json.beginArray();
        json.beginObject();
        writeTensorFields(json, checkpoint, tensor, TiedNames(checkpoint), ArchiveMembers(checkpoint));
        json.field("readable", tensor.readable());
        json.key("facts");
        json.beginObject();
        for (const auto& [label, text] : tensor.facts())
            json.field(label, text);
        json.endObject();
        if (data.problem) {
            json.field("problem", message(*data.problem));
        } else {
            json.key("data");
            json.beginObject();
            Dims begin, end;
            for (const auto& range : data.ranges) {
                begin.push_back(range.begin);
                end.push_back(range.end);
            }
            json.field("begin", DimsView(begin));
            json.field("end", DimsView(end));
            json.field("elements", data.values);
            json.endObject();
        }
        if (data.statistics) {
            json.key("stats");
            json.beginObject();
            writeStatistics(json, *data.statistics);
            json.endObject();
        }
        json.endObject();
        json.endArray();
        json.key("values");
        json.beginArray();
        json.endArray();
        json.endObject();
    }

    static void line(Session& session, std::string_view label, const std::string& text) {
        if (!text.empty())
            session.print(session.paint(Ink::Faint, fmt::format("{:<14}", label)) + text + "\n");
    }

    void writeText(Session& session, const Checkpoint& checkpoint, const TensorView& tensor,
                   const Read& data) const {
        session.print(session.paint(Ink::Bold, shown(tensor.name())) + "\n");
        line(session, "dtype", shown(tensor.dtypeName()));
        line(session, "shape", formatShape(tensor.shape()));
        line(session, "elements", formatGrouped(tensor.elements()));
        line(session, "bytes",
             fmt::format("{} ({})", formatBytes(tensor.bytes()), formatGrouped(tensor.bytes())));
        for (const auto& name : TiedNames(checkpoint).of(tensor))
            line(session, "tied with", shown(name));
        const auto facts = tensor.facts();
        const bool told =
            std::ranges::any_of(facts, [](const Fact& fact) { return fact.first == "storage"; });
        if (const auto storage = tensor.storage(); storage && !told)
            line(session, "storage", std::to_string(*storage));
        for (const auto& [label, text] : tensor.facts())
            line(session, shown(label), shown(text));
        if (const auto problem = tensor.problem())
            line(session, "unreadable",
                 session.paint(Ink::Red, message(checkpoint.findings()[problem->index()].what)));
        writeSlices(session, checkpoint, tensor);
        if (data.statistics) {
            session.print("\n");
            printStatistics(session, *data.statistics);
        }
        session.print("\n");
        if (data.problem)
            session.print("No values: " + describe(*data.problem) + "\n");
        else
            writeValues(session, tensor, data);
    }

    static void writeSlices(Session& session, const Checkpoint& checkpoint, const TensorView& tensor) {
        using Align = Table::Align;
        Table table({{"offset", Align::Left, Ink::Plain},
                     {"size", Align::Left, Ink::Plain},
                     {"rank", Align::Right, Ink::Plain},
                     {"bytes", Align::Left, Ink::Plain},
                     {"file", Align::Left, Ink::Plain}});
        std::vector<std::vector<std::string>> rows;
        for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i) {
            const auto slice = checkpoint.slice(tensor.slice(i));
            std::vector<std::string> row{placeText(slice.box.offset), formatShape(slice.box.size), "", "",
                                         "missing"};
            if (slice.file.valid()) {
                const auto& file = checkpoint.file(slice.file);
                row[2] = file.rank ? std::to_string(*file.rank) : "";
                row[3] = fmt::format("{} … {}", slice.stored.begin, slice.stored.end);
                row[4] = shown(file.path) + (file.missing ? " (missing)" : "");
            }
            rows.push_back(std::move(row));
        }
        session.print("\n");
        table.print(session.out(), session.style(), rows);
    }

    static void writeValues(Session& session, const TensorView& tensor, const Read& data) {
        std::string title = "values [";
        for (std::size_t i = 0; i < data.ranges.size(); ++i)
            title += fmt::format("{}{}:{}", i == 0 ? "" : ", ", data.ranges[i].begin, data.ranges[i].end);
        session.print(session.paint(Ink::Faint, title + "] of " + formatShape(tensor.shape())) + "\n");
        std::size_t width = 0;
        for (const auto& value : data.values)
            width = std::max(width, value.size());
        const auto columns = data.ranges.empty() ? 1 : std::max<std::uint64_t>(1, data.ranges.back().size());
        const auto rows = data.ranges.size() < 2
                              ? 1
                              : std::max<std::uint64_t>(1, data.ranges[data.ranges.size() - 2].size());
        for (std::size_t i = 0; i < data.values.size(); ++i) {
            session.print(fmt::format("{:>{}}", data.values[i], width));
            const bool rowEnds = (i + 1) % columns == 0;
            session.print(rowEnds ? "\n" : "  ");
            if (rowEnds && (i + 1) % (columns * rows) == 0 && i + 1 < data.values.size())
                session.print("\n");
        }
    }

    static Result<void> showEntry(Session& session, const Checkpoint& checkpoint, EntryId id) {
        if (session.json()) {
            auto json = session.beginDocument();
            json.key("tensors");
            json.beginArray();
            json.endArray();
            json.key("values");
            json.beginArray();
            writeEntry(json, checkpoint, id, true);
            json.endArray();
            json.endObject();
            return {};
        }
        const auto& entry = checkpoint.entry(id);
        session.print(session.paint(Ink::Bold, shown(entry.name)) + "\n");
        line(session, "type", shown(entryType(checkpoint, id)));
        if (entry.file.valid())
            line(session, "file",
                 fmt::format("{}, bytes {} … {}", shown(checkpoint.file(entry.file).path), entry.stored.begin,
                             entry.stored.end));
        if (entry.kind == EntryRecord::Kind::Binary)
            return {};
        SHARDLENS_TRY(const auto value, checkpoint.value(id));
        const auto text =
            entry.kind == EntryRecord::Kind::Text ? terminalText(value.text()) : safeJson(toJson(value));
        session.print("\n" + text + "\n");
        return {};
    }

    PathOption m_path;
    std::string m_name;
    std::string m_values;
    bool m_stats = false;
};

} // namespace

CommandPtr makeShow() {
    return std::make_unique<Show>();
}

} // namespace shardlens::cli
