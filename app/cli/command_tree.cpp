// SPDX-License-Identifier: Apache-2.0
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/describe.h"
#include "app/cli/masked_sums.h"
#include "base/units.h"
#include "query/folding.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <limits>

namespace shardlens::cli {

namespace {

/// A branch as deep as this is one row with its sums: hostile names nest without end.
constexpr std::uint32_t DeepestBranch = 64;

/// What the walk prints: a branch, or several alike ones under one label.
struct Row {
    Branch branch;
    std::string label;
    std::uint32_t alike = 1;
};

class TreeWalk {
public:
    TreeWalk(const NameTree& tree, const MaskedSums& sums, const Folding* folding, const FoldMarks* marks)
        : m_tree(tree)
        , m_sums(sums)
        , m_folding(folding)
        , m_marks(marks) {}

    /// Children that hold anything selected, chains of single children joined, alike ones folded.
    std::vector<Row> rows(const Branch& parent) const {
        std::vector<Branch> children;
        for (const auto& child : m_tree.children(parent))
            if (m_sums.items(child) > 0)
                children.push_back(child);
        std::vector<Row> out;
        if (!m_folding) {
            for (const auto& child : children)
                out.push_back(row(child));
            return out;
        }
        for (const auto& run : m_folding->runs(children, {.positions = {}, .marks = m_marks})) {
            auto first = row(children[run.firstChild]);
            if (run.count() > 1) {
                first = {children[run.firstChild], label(children[run.firstChild]), run.count()};
                first.label += " … " + label(children[run.lastChild]);
            }
            out.push_back(std::move(first));
        }
        return out;
    }

    bool isLeaf(const Branch& branch) const { return m_tree.isLeaf(branch) || branch.depth >= DeepestBranch; }

private:
    std::string label(const Branch& branch) const { return std::string(m_tree.label(branch)); }

    /// Follows single children, so that `q.weight` is one row.
    Row row(const Branch& branch) const {
        Row out{branch, label(branch)};
        while (!m_tree.isLeaf(out.branch) && out.branch.depth < DeepestBranch) {
            const auto children = m_tree.children(out.branch);
            if (children.size() != 1)
                break;
            const auto below = m_tree.label(children.front());
            // Labels are views of one name: what stands before a deeper one is the separator.
            if (children.front().depth > out.branch.depth)
                out.label += below.data()[-1] + std::string(below);
            out.branch = children.front();
        }
        return out;
    }

    const NameTree& m_tree;
    const MaskedSums& m_sums;
    const Folding* m_folding;
    const FoldMarks* m_marks;
};

class Tree : public Command {
public:
    std::string name() const override { return "tree"; }
    std::string about() const override { return "Names as a tree with sums; alike layers are folded"; }

    void declare(CLI::App& app) override {
        m_path.declare(app);
        m_filter.declare(app);
        app.add_option("--depth", m_depth, "How many levels to show")
            ->check(CLI::Range(1u, 1000u))
            ->type_name("N");
        app.add_flag("--no-fold", m_noFold, "Show every layer, also those that are alike");
    }

    int run(Session& session) override {
        const auto filter = m_filter.parse();
        if (!filter)
            return session.failure(filter.error());
        const auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint)
            return session.failure(checkpoint.error());
        const auto printed = print(session, *checkpoint, *filter);
        if (!printed)
            return session.failure(printed.error());
        session.noteFindings(**checkpoint, m_path.path);
        return Done;
    }

private:
    Result<void> print(Session& session, const CheckpointPtr& checkpoint, const Filter& filter) const {
        SHARDLENS_TRY(const auto tree, NameTree::build(checkpoint, session.context()));
        SHARDLENS_TRY(const auto bits, filter.apply(*checkpoint, session.context()));
        const MaskedSums sums(*tree, bits);
        if (session.json()) {
            const TreeWalk walk(*tree, sums, nullptr, nullptr);
            auto json = session.beginDocument();
            json.key("tree");
            writeJson(json, *tree, walk, sums, {tree->root(), ""}, 0);
            json.endObject();
            return {};
        }
        FoldingPtr folding;
        FoldMarks marks;
        if (!m_noFold) {
            SHARDLENS_TRY(folding, Folding::build(tree, session.context()));
            marks = folding->mark(bits);
        }
        const TreeWalk walk(*tree, sums, folding.get(), &marks);
        session.print(session.paint(Ink::Faint, fmt::format("{:>9}  {:>10}  {:>9}  {}", "bytes", "parameters",
                                                            "tensors", "name")) +
                      "\n");
        printRow(session, *tree, sums, {tree->root(), checkpoint->facts().name}, 0);
        printBelow(session, *tree, walk, sums, tree->root(), 1);
        return {};
    }

    void printBelow(Session& session, const NameTree& tree, const TreeWalk& walk, const MaskedSums& sums,
                    const Branch& parent, std::uint32_t level) const {
        if (level > m_depth || session.out().error() != 0)
            return;
        for (const auto& row : walk.rows(parent)) {
            printRow(session, tree, sums, row, level);
            if (!walk.isLeaf(row.branch))
                printBelow(session, tree, walk, sums, row.branch, level + 1);
        }
    }

    static void printRow(Session& session, const NameTree& tree, const MaskedSums& sums, const Row& row,
                         std::uint32_t level) {
        const auto sum = sums.of(row.branch);
        std::string text(std::size_t{2} * level, ' ');
        const bool leaf = level > 0 && tree.isLeaf(row.branch);
        text += leaf ? shown(row.label) : session.paint(Ink::Bold, shown(row.label));
        if (row.alike > 1)
            text += session.paint(Ink::Faint, fmt::format("  {} alike, each", row.alike));
        const auto item = tree.item(row.branch.begin);
        if (leaf && tree.isTensor(item)) {
            const auto tensor = tree.checkpoint()->tensor(tree.tensor(item));
            text += "  " + session.paint(Ink::Cyan, shown(tensor.dtypeName())) + " " +
                    formatShape(tensor.shape());
        } else if (leaf) {
            text += "  " + session.paint(Ink::Faint, shown(entryType(*tree.checkpoint(), tree.entry(item))));
        }
        session.print(fmt::format("{:>9}  {:>10}  {:>9}  {}\n", formatBytes(sum.bytes),
                                  sum.tensors > 0 ? formatCount(sum.parameters) : "",
                                  sum.tensors > 0 ? formatGrouped(sum.tensors) : "", text));
    }

    void writeJson(JsonWriter& json, const NameTree& tree, const TreeWalk& walk, const MaskedSums& sums,
                   const Row& row, std::uint32_t level) const {
        const auto sum = sums.of(row.branch);
        json.beginObject();
        json.field("name", row.label);
        json.field("tensors", sum.tensors);
        json.field("values", sum.entries);
        json.field("parameters", sum.parameters);
        json.field("bytes", sum.bytes);
        const auto item = row.branch.begin < row.branch.end ? tree.item(row.branch.begin) : 0;
        if (level > 0 && tree.isLeaf(row.branch)) {
            json.field("item", itemName(*tree.checkpoint(), item));
            if (tree.isTensor(item)) {
                const auto tensor = tree.checkpoint()->tensor(tree.tensor(item));
                json.field("dtype", tensor.dtypeName());
                json.field("shape", tensor.shape());
            } else {
                json.field("type", entryType(*tree.checkpoint(), tree.entry(item)));
            }
        } else if (level < m_depth && !walk.isLeaf(row.branch)) {
            json.key("children");
            json.beginArray();
            for (const auto& child : walk.rows(row.branch))
                writeJson(json, tree, walk, sums, child, level + 1);
            json.endArray();
        }
        json.endObject();
    }

    PathOption m_path;
    FilterOption m_filter;
    std::uint32_t m_depth = std::numeric_limits<std::uint32_t>::max();
    bool m_noFold = false;
};

} // namespace

CommandPtr makeTree() {
    return std::make_unique<Tree>();
}

} // namespace shardlens::cli
