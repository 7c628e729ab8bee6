// SPDX-License-Identifier: Apache-2.0
#include "ui/models/layer_lines.h"

#include "ui/models/tensor_role.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace shardlens::ui {
namespace {

constexpr std::size_t MostLines = 48;   ///< more cannot be told apart
constexpr std::uint32_t MostParts = 32; ///< of a name that are looked at
constexpr std::uint32_t MostLayer = 100'000;
constexpr std::size_t MostLabel = 200;

std::optional<std::uint32_t> numberOf(std::string_view part) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    return error == std::errc() && end == part.data() + part.size() && number < MostLayer
               ? std::optional(number)
               : std::nullopt;
}

struct LayerName {
    std::string before, after;
    std::uint32_t layer = 0;
};

/// The first number in a name is its layer; the others stay, or become `*` where there are too many of them.
std::optional<LayerName> layerName(TensorView tensor, bool together) {
    const auto length = std::min(tensor.pathLength(), MostParts);
    LayerName out;
    bool found = false;
    for (std::uint32_t i = 0; i < length; ++i) {
        const auto part = tensor.pathPart(i);
        const auto number = numberOf(part);
        if (number && !found) {
            out.layer = *number;
            found = true;
            continue;
        }
        auto& side = found ? out.after : out.before;
        if (!side.empty())
            side += '.';
        side += number && together ? "*" : std::string(part.substr(0, MostLabel));
    }
    return found && !out.after.empty() ? std::optional(std::move(out)) : std::nullopt;
}

/// Figures of several tensors as if they were one.
struct Sum {
    TensorId tensor;
    std::uint32_t tensors = 0;
    std::uint64_t count = 0, zeros = 0, nan = 0, infinite = 0;
    double finite = 0, squares = 0, sum = 0, spread = 0, absMax = 0;

    void add(const TensorFigures& one) {
        if (tensors++ == 0 || one.tensor.value() < tensor.value())
            tensor = one.tensor;
        if (!one.known)
            return;
        const auto& figures = one.figures;
        const auto n = double(figures.finite());
        count += figures.count;
        zeros += figures.zeros;
        nan += figures.nan;
        infinite += figures.posinf + figures.neginf;
        if (n == 0)
            return;
        const double mean = finite > 0 ? sum / finite : figures.mean, distance = figures.mean - mean;
        spread += figures.std * figures.std * n + distance * distance * finite * n / (finite + n);
        sum += figures.mean * n;
        finite += n;
        squares += figures.l2 * figures.l2;
        absMax = std::max(absMax, figures.absMax());
    }

    double value(LayerMeasure measure) const {
        if (finite == 0)
            return std::numeric_limits<double>::quiet_NaN();
        switch (measure) {
        case LayerMeasure::L2:
            return std::sqrt(squares);
        case LayerMeasure::Rms:
            return std::sqrt(squares / finite);
        case LayerMeasure::Std:
            return std::sqrt(spread / finite);
        case LayerMeasure::AbsMax:
            return absMax;
        case LayerMeasure::Zeros:
            return double(zeros) / double(count);
        }
        return 0;
    }
};

using LineKey = std::pair<std::string, std::string>;
using Lines = std::map<LineKey, std::map<std::uint32_t, Sum>>;

Result<Lines> gather(const Checkpoint& checkpoint, const FilterResult& filter, const FiguresTable& table,
                     bool together, const JobContext& context) {
    Lines out;
    for (const auto& chunk : table.chunks)
        for (const auto& one : *chunk) {
            SHARDLENS_CHECK(context.checkStop());
            if (!filter.matches(one.tensor.value()))
                continue;
            auto name = layerName(checkpoint.tensor(one.tensor), together);
            if (name)
                out[{std::move(name->before), std::move(name->after)}][name->layer].add(one);
        }
    std::erase_if(out, [](const auto& line) { return line.second.size() < 2; });
    return out;
}

LayerLine lineOf(const Checkpoint& checkpoint, const LineKey& key, const std::map<std::uint32_t, Sum>& layers,
                 bool saysBefore, LayerMeasure measure) {
    LayerLine line;
    line.label = saysBefore && !key.first.empty() ? key.first + ".#." + key.second : key.second;
    for (const auto& [layer, sum] : layers)
        line.points.push_back({layer, sum.value(measure), sum.tensor, sum.tensors, sum.nan, sum.infinite});
    line.role = roleOf(checkpoint.tensor(line.points.front().tensor).name());
    return line;
}

} // namespace

Result<LayerLinesPtr> layerLines(const NameTree& names, const FilterResult& filter, const FiguresTable& table,
                                 LayerMeasure measure, const JobContext& context) {
    const auto& checkpoint = *names.checkpoint();
    SHARDLENS_TRY(auto gathered, gather(checkpoint, filter, table, false, context));
    if (gathered.size() > MostLines) {
        SHARDLENS_TRY(gathered, gather(checkpoint, filter, table, true, context));
    }
    std::set<std::string> before;
    for (const auto& [key, layers] : gathered)
        before.insert(key.first);
    auto out = std::make_shared<LayerLines>();
    for (const auto& [key, layers] : gathered)
        out->lines.push_back(lineOf(checkpoint, key, layers, before.size() > 1, measure));
    std::ranges::stable_sort(
        out->lines, [](const LayerLine& a, const LayerLine& b) { return a.points.size() > b.points.size(); });
    if (out->lines.size() > MostLines) {
        out->leftOut = out->lines.size() - MostLines;
        out->lines.resize(MostLines);
    }
    std::map<style::Role, std::uint8_t> variants;
    out->firstLayer = MostLayer;
    out->low = std::numeric_limits<double>::infinity();
    out->high = -out->low;
    for (auto& line : out->lines) {
        line.variant = variants[line.role]++;
        out->firstLayer = std::min(out->firstLayer, line.points.front().layer);
        out->lastLayer = std::max(out->lastLayer, line.points.back().layer);
        for (const auto& point : line.points)
            if (std::isfinite(point.value)) {
                out->low = std::min(out->low, point.value);
                if (point.value > 0 && (out->lowAboveZero == 0 || point.value < out->lowAboveZero))
                    out->lowAboveZero = point.value;
                out->high = std::max(out->high, point.value);
            }
    }
    return out;
}

} // namespace shardlens::ui
