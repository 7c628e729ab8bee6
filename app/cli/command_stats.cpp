// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics.h"
#include "analysis/statistics_csv.h"
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/describe.h"
#include "app/cli/statistics_text.h"
#include "app/cli/table.h"
#include "base/units.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace shardlens::cli {

namespace {

class Stats : public Command {
public:
    std::string name() const override { return "stats"; }
    std::string about() const override {
        return "Min, max, mean, std, L2 norm, zeros, NaN, Inf, subnormals, negatives, quantiles, histogram";
    }

    void declare(CLI::App& app) override {
        m_path.declare(app);
        m_filter.declare(app);
        app.add_flag("--csv", m_csv, "Comma-separated values with a line of titles");
    }

    int run(Session& session) override {
        const auto filter = m_filter.parse();
        if (!filter)
            return session.failure(filter.error());
        const auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint)
            return session.failure(checkpoint.error());
        const auto figures = compute(session, *checkpoint, *filter);
        if (!figures)
            return session.failure(figures.error());
        bool complete = true;
        for (const auto& one : *figures)
            if (one.problem) {
                session.complain(*one.problem);
                complete = false;
            }
        if (session.json())
            writeJson(session, **checkpoint, *figures);
        else if (m_csv)
            writeCsv(session, **checkpoint, *figures);
        else
            writeText(session, **checkpoint, *figures);
        return complete ? Done : Differs;
    }

private:
    using Figures = std::vector<TensorStatistics>;

    static Result<Figures> compute(Session& session, const CheckpointPtr& checkpoint, const Filter& filter) {
        SHARDLENS_TRY(const auto tensors, selectTensors(*checkpoint, filter, session.context()));
        return session.withProgress(
            [&] { return computeStatistics(checkpoint, tensors, StatisticsOptions{}, session.context()); });
    }

    static void writeJson(Session& session, const Checkpoint& checkpoint, const Figures& figures) {
        auto json = session.beginDocument();
        json.key("tensors");
        json.beginArray();
        for (const auto& one : figures) {
            if (!one.statistics)
                continue;
            const auto tensor = checkpoint.tensor(one.tensor);
            json.beginObject();
            json.field("name", tensor.name());
            json.field("dtype", tensor.dtypeName());
            json.field("shape", tensor.shape());
            writeStatistics(json, *one.statistics);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    static void writeCsv(Session& session, const Checkpoint& checkpoint, const Figures& figures) {
        session.print(statisticsCsvTitles());
        for (const auto& one : figures)
            if (one.statistics)
                session.print(statisticsCsvLine(checkpoint.tensor(one.tensor), *one.statistics));
    }

    static void writeText(Session& session, const Checkpoint& checkpoint, const Figures& figures) {
        using Align = Table::Align;
        std::vector<Table::Column> columns{{"dtype", Align::Left, Ink::Cyan},
                                           {"shape", Align::Left, Ink::Plain}};
        for (const auto* title : {"min", "max", "mean", "std", "L2", "zeros", "NaN", "Inf"})
            columns.push_back({title, Align::Right, Ink::Plain});
        columns.push_back({"name", Align::Left, Ink::Bold});
        std::vector<std::vector<std::string>> rows;
        for (const auto& one : figures) {
            if (!one.statistics)
                continue;
            const auto tensor = checkpoint.tensor(one.tensor);
            const auto& s = *one.statistics;
            rows.push_back({shown(tensor.dtypeName()), formatShape(tensor.shape()), shortNumber(s.min),
                            shortNumber(s.max), shortNumber(s.mean), shortNumber(s.std), shortNumber(s.l2),
                            formatGrouped(s.zeros), formatGrouped(s.nan), formatGrouped(s.posinf + s.neginf),
                            shown(tensor.name())});
        }
        Table(std::move(columns)).print(session.out(), session.style(), rows);
    }

    PathOption m_path;
    FilterOption m_filter;
    bool m_csv = false;
};

} // namespace

CommandPtr makeStats() {
    return std::make_unique<Stats>();
}

} // namespace shardlens::cli
