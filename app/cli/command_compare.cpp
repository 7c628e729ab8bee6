// SPDX-License-Identifier: Apache-2.0
#include "analysis/compare.h"
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/describe.h"
#include "app/cli/key_value.h"
#include "app/cli/statistics_text.h"
#include "base/units.h"
#include "convert/renamer.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace shardlens::cli {

namespace {

std::string_view reasonName(Difference::Reason reason) {
    switch (reason) {
    case Difference::Reason::DType:
        return "dtype";
    case Difference::Reason::Shape:
        return "shape";
    case Difference::Reason::Values:
        return "values";
    case Difference::Reason::Unreadable:
        break;
    }
    return "unreadable";
}

class Compare : public Command {
public:
    std::string name() const override { return "compare"; }
    std::string about() const override { return "What is the same, only in A, only in B, and different"; }

    void declare(CLI::App& app) override {
        app.add_option("A", m_a, "One checkpoint")->required();
        app.add_option("B", m_b, "Another one")->required();
        m_filter.declare(app);
        app.add_option("--part", m_choice.part, "Which part of both")->type_name("NAME");
        app.add_option("--variant", m_choice.variant, "Which variant of both")->type_name("NAME");
        app.add_option("--rename", m_renames, "A's names as B has them; the first that matches renames")
            ->type_name("REGEX=REPLACEMENT")
            ->expected(1)
            ->take_all()
            ->allow_extra_args(false);
        app.add_option("--tolerance", m_tolerance, "Values that differ by no more are equal")
            ->check(CLI::NonNegativeNumber)
            ->type_name("X");
        app.add_flag("--no-values", m_noValues, "Names, dtypes and shapes alone; no data is read");
    }

    int run(Session& session) override {
        const auto a = session.open(m_a, m_choice);
        if (!a)
            return session.failure(a.error());
        const auto b = session.open(m_b, m_choice);
        if (!b)
            return session.failure(b.error());
        const auto compared = compareBoth(session, *a, *b);
        if (!compared)
            return session.failure(compared.error());
        for (const auto& difference : compared->different)
            if (difference.problem)
                session.complain(*difference.problem);
        if (session.json())
            writeJson(session, **a, **b, *compared);
        else
            writeText(session, **a, **b, *compared);
        const bool equal = compared->onlyA.empty() && compared->onlyB.empty() && compared->different.empty();
        return equal ? Done : Differs;
    }

private:
    Result<Comparison> compareBoth(Session& session, const CheckpointPtr& a, const CheckpointPtr& b) const {
        SHARDLENS_TRY(const auto filter, m_filter.parse());
        SHARDLENS_TRY(const auto renames, splitRenames(m_renames, "--rename"));
        SHARDLENS_TRY(const auto renamer, convert::Renamer::create({}, renames, "--rename"));
        SHARDLENS_TRY(const auto inA, filter.apply(*a, session.context()));
        SHARDLENS_TRY(const auto inB, filter.apply(*b, session.context()));
        CompareOptions options;
        options.tolerance = m_tolerance;
        options.values = !m_noValues;
        if (!filter.matchesAll())
            options.selects = [&](const Checkpoint& which, TensorId tensor) {
                const auto& bits = &which == a.get() ? inA : inB;
                return (bits[tensor.index() / 64] >> tensor.index() % 64 & 1) != 0;
            };
        SHARDLENS_TRY(const auto names, renamedNames(*a, renamer));
        if (!renamer.changesNothing())
            options.renameA = [&](std::string_view name) {
                const auto id = a->findTensor(name);
                return id ? names[id->index()] : std::string(name);
            };
        return session.withProgress([&] { return compare(a, b, options, session.context()); });
    }

    /// Renaming can fail (a name that is too long for the pattern), so that it is done before.
    static Result<std::vector<std::string>> renamedNames(const Checkpoint& a,
                                                         const convert::Renamer& renamer) {
        std::vector<std::string> out;
        if (renamer.changesNothing())
            return out;
        for (std::uint32_t i = 0; i < a.tensorCount(); ++i) {
            SHARDLENS_TRY(auto name, renamer.rename(a.tensor(TensorId(i)).name()));
            out.push_back(std::move(name));
        }
        return out;
    }

    static void writeNames(JsonWriter& json, std::string_view field, const Checkpoint& checkpoint,
                           const std::vector<TensorId>& tensors) {
        json.key(field);
        json.beginArray();
        for (const auto tensor : tensors)
            json.value(checkpoint.tensor(tensor).name());
        json.endArray();
    }

    static void writeSide(JsonWriter& json, const char* suffix, const TensorView& tensor) {
        json.field(std::string("name_") + suffix, tensor.name());
        json.field(std::string("dtype_") + suffix, tensor.dtypeName());
        json.field(std::string("shape_") + suffix, tensor.shape());
    }

    static void writeDifference(JsonWriter& json, const Checkpoint& a, const Checkpoint& b,
                                const Difference& one) {
        json.beginObject();
        json.field("name", b.tensor(one.b).name());
        json.field("reason", reasonName(one.reason));
        writeSide(json, "a", a.tensor(one.a));
        writeSide(json, "b", b.tensor(one.b));
        if (one.problem)
            json.field("problem", message(*one.problem));
        if (one.valuesCompared) {
            json.field("count", one.count);
            json.field("max_abs", one.maxAbs);
            json.field("max_rel", one.maxRel);
            json.field("first", one.first);
            json.field("last", one.last);
            json.field("all_zero_a", one.allZeroA);
            json.field("all_zero_b", one.allZeroB);
        }
        json.endObject();
    }

    static void writeJson(Session& session, const Checkpoint& a, const Checkpoint& b,
                          const Comparison& compared) {
        auto json = session.beginDocument();
        std::vector<TensorId> same;
        for (const auto& pair : compared.same)
            same.push_back(pair.second);
        writeNames(json, "same", b, same);
        writeNames(json, "only_a", a, compared.onlyA);
        writeNames(json, "only_b", b, compared.onlyB);
        json.key("different");
        json.beginArray();
        for (const auto& one : compared.different)
            writeDifference(json, a, b, one);
        json.endArray();
        json.key("renamed");
        json.beginArray();
        for (const auto& [from, to] : compared.renamed) {
            json.beginObject();
            json.field("a", a.tensor(from).name());
            json.field("b", b.tensor(to).name());
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    static std::string differenceText(const Checkpoint& a, const Checkpoint& b, const Difference& one) {
        const auto left = a.tensor(one.a), right = b.tensor(one.b);
        std::string out;
        if (left.dtypeName() != right.dtypeName())
            out += fmt::format("  {} → {}", shown(left.dtypeName()), shown(right.dtypeName()));
        if (!equal(left.shape(), right.shape()))
            out += fmt::format("  {} → {}", formatShape(left.shape()), formatShape(right.shape()));
        if (one.valuesCompared)
            out +=
                fmt::format("  {} of {} values, at most {} (relative {})", formatGrouped(one.count),
                            formatGrouped(left.elements()), shortNumber(one.maxAbs), shortNumber(one.maxRel));
        if (one.problem)
            out += "  " + message(*one.problem);
        return out;
    }

    static void writeText(Session& session, const Checkpoint& a, const Checkpoint& b,
                          const Comparison& compared) {
        const auto name = [&](const Checkpoint& checkpoint, TensorId tensor) {
            return shown(checkpoint.tensor(tensor).name());
        };
        for (const auto& one : compared.different)
            session.print(session.paint(Ink::Red, fmt::format("{:<10}", reasonName(one.reason))) + "  " +
                          name(b, one.b) + differenceText(a, b, one) + "\n");
        for (const auto tensor : compared.onlyA)
            session.print(session.paint(Ink::Yellow, "only in A ") + "  " + name(a, tensor) + "\n");
        for (const auto tensor : compared.onlyB)
            session.print(session.paint(Ink::Yellow, "only in B ") + "  " + name(b, tensor) + "\n");
        for (const auto& [from, to] : compared.renamed)
            session.print(session.paint(Ink::Blue, "renamed?  ") + "  " + name(a, from) + " → " +
                          name(b, to) + "\n");
        session.print(fmt::format("{} the same, {} only in A, {} only in B, {} different\n",
                                  formatGrouped(compared.same.size()), formatGrouped(compared.onlyA.size()),
                                  formatGrouped(compared.onlyB.size()),
                                  formatGrouped(compared.different.size())));
    }

    std::string m_a, m_b;
    FilterOption m_filter;
    Choice m_choice;
    std::vector<std::string> m_renames;
    double m_tolerance = 0;
    bool m_noValues = false;
};

} // namespace

CommandPtr makeCompare() {
    return std::make_unique<Compare>();
}

} // namespace shardlens::cli
