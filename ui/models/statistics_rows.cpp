// SPDX-License-Identifier: Apache-2.0
#include "ui/models/statistics_rows.h"

#include "analysis/statistics_csv.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace shardlens::ui {
namespace {

/// Doubles as integers of the same order.
std::uint64_t ordered(double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number + 0.0);
    constexpr auto sign = std::uint64_t{1} << 63;
    return bits & sign ? ~bits : bits | sign;
}

std::optional<std::uint64_t> key(double number) {
    return std::isnan(number) ? std::nullopt : std::optional(ordered(number));
}

std::uint64_t stateKey(const FiguresTable& table, const TensorFigures& one) {
    const auto state = stateOf(table, one);
    const auto count = state == FiguresState::HasNan        ? one.figures.nan
                       : state == FiguresState::HasInfinity ? one.figures.posinf + one.figures.neginf
                                                            : 0;
    constexpr unsigned place = 60;
    return std::uint64_t(state) << place | std::min(count, (std::uint64_t{1} << place) - 1);
}

std::optional<std::uint64_t> keyOf(const FiguresTable& table, const Checkpoint& checkpoint,
                                   const TensorFigures& one, StatisticsColumn column) {
    const auto& figures = one.figures;
    switch (column) {
    case StatisticsColumn::State:
        return stateKey(table, one);
    case StatisticsColumn::Type: {
        const auto dtype = checkpoint.tensor(one.tensor).dtype();
        return std::uint64_t{bitsOf(dtype)} << 8 | std::uint64_t(dtype);
    }
    case StatisticsColumn::Values:
        return checkpoint.tensor(one.tensor).elements();
    case StatisticsColumn::Name:
        return 0;
    default:
        break;
    }
    if (!one.known)
        return std::nullopt;
    switch (column) {
    case StatisticsColumn::Min:
        return key(figures.min);
    case StatisticsColumn::Max:
        return key(figures.max);
    case StatisticsColumn::Mean:
        return key(figures.mean);
    case StatisticsColumn::Std:
        return key(figures.std);
    case StatisticsColumn::L2:
        return key(figures.l2);
    case StatisticsColumn::Zeros:
        return key(one.zeroShare());
    case StatisticsColumn::Nan:
        return figures.nan;
    case StatisticsColumn::Infinite:
        return figures.posinf + figures.neginf;
    case StatisticsColumn::Subnormal:
        return figures.subnormal;
    case StatisticsColumn::Negative:
        return key(figures.count ? double(figures.negative) / double(figures.count) : 0);
    case StatisticsColumn::Low:
        return key(figures.quantiles.front());
    case StatisticsColumn::Median:
        return key(figures.quantiles[Figures::QuantilesAt.size() / 2]);
    case StatisticsColumn::High:
        return key(figures.quantiles.back());
    default:
        return std::nullopt;
    }
}

struct Row {
    bool none;
    std::uint64_t key;
    std::uint32_t position;
    const TensorFigures* figures;

    bool operator<(const Row& other) const {
        return std::tie(none, key, position) < std::tie(other.none, other.key, other.position);
    }
};

nlohmann::ordered_json number(double value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value < 0 ? "-Infinity" : "Infinity";
    return value;
}

nlohmann::ordered_json jsonObject(TensorView tensor, const TensorFigures& one) {
    const auto shape = tensor.shape();
    nlohmann::ordered_json out{{"name", tensor.name()},
                               {"dtype", tensor.dtypeName()},
                               {"shape", std::vector(shape.begin(), shape.end())}};
    if (!one.known)
        return out;
    const auto& figures = one.figures;
    out["count"] = figures.count;
    for (const auto& [name, value] : {std::pair{"min", figures.min},
                                      {"max", figures.max},
                                      {"mean", figures.mean},
                                      {"std", figures.std},
                                      {"l2", figures.l2}})
        out[name] = number(value);
    for (const auto& [name, count] : {std::pair{"zeros", figures.zeros},
                                      {"nan", figures.nan},
                                      {"posinf", figures.posinf},
                                      {"neginf", figures.neginf},
                                      {"subnormal", figures.subnormal},
                                      {"negative", figures.negative}})
        out[name] = count;
    auto& quantiles = out["quantiles"] = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < figures.quantiles.size(); ++i)
        quantiles[fmt::format("{}", Figures::QuantilesAt[i])] = number(figures.quantiles[i]);
    out["approximate"] =
        figures.approximate ? nlohmann::ordered_json{"quantiles"} : nlohmann::ordered_json::array();
    return out;
}

} // namespace

Result<StatisticsRowsPtr> sortStatistics(const NameTree& names, const FilterResult& filter,
                                         const FiguresTablePtr& table, StatisticsColumn column,
                                         Qt::SortOrder order, const JobContext& context) {
    const auto& checkpoint = *names.checkpoint();
    const bool falling = order == Qt::DescendingOrder;
    std::vector<Row> rows;
    rows.reserve(table->size);
    for (const auto& chunk : table->chunks) {
        SHARDLENS_CHECK(context.checkStop());
        for (const auto& one : *chunk) {
            if (!filter.matches(one.tensor.value()))
                continue;
            const auto found = keyOf(*table, checkpoint, one, column);
            const auto position = names.position(one.tensor.value());
            rows.push_back({!found.has_value(), falling ? ~found.value_or(0) : found.value_or(0),
                            column == StatisticsColumn::Name && falling ? ~position : position, &one});
        }
    }
    std::ranges::sort(rows, std::less<>());
    SHARDLENS_CHECK(context.checkStop());
    auto out = std::make_shared<StatisticsRows>();
    out->table = table;
    out->rows.reserve(rows.size());
    out->rowOf.assign(checkpoint.tensorCount(), -1);
    for (const auto& row : rows) {
        out->rowOf[row.figures->tensor.index()] = std::int32_t(out->rows.size());
        out->rows.push_back(row.figures);
    }
    return out;
}

Result<std::string> statisticsText(const Checkpoint& checkpoint, const StatisticsRows& rows,
                                   TableFormat format, const JobContext& context) {
    std::string out = format == TableFormat::Csv ? statisticsCsvTitles()
                                                 : "{\"schema\": 1, \"command\": \"stats\", \"tensors\": [";
    bool first = true;
    context.begin("writing the table", rows.rows.size(), false);
    for (const auto* one : rows.rows) {
        SHARDLENS_CHECK(context.checkStop());
        const auto tensor = checkpoint.tensor(one->tensor);
        if (format == TableFormat::Json) {
            out += first ? "\n" : ",\n";
            out += jsonObject(tensor, *one).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
            first = false;
        } else if (one->known) {
            out += statisticsCsvLine(tensor, one->figures);
        }
        context.add(1);
    }
    if (format == TableFormat::Json)
        out += "\n]}\n";
    return out;
}

} // namespace shardlens::ui
