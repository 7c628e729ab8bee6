// SPDX-License-Identifier: Apache-2.0
#include "query/name_tree.h"
#include "support/made_checkpoint.h"

#include <QElapsedTimer>
#include <QtTest>

#include <algorithm>
#include <random>

using namespace shardlens;
using namespace shardlens::test;

namespace {

NameTreePtr treeOf(const CheckpointPtr& checkpoint) {
    auto tree = NameTree::build(checkpoint, JobContext{});
    return tree ? *tree : nullptr;
}

std::vector<std::string> split(const std::string& name) {
    std::vector<std::string> parts(1);
    for (const char c : name)
        if (c == '.')
            parts.emplace_back();
        else
            parts.back().push_back(c);
    return parts;
}

/// Tokens of a part: single bytes and whole runs of digits.
std::vector<std::string> tokens(const std::string& part) {
    std::vector<std::string> out;
    for (const char c : part) {
        const bool digit = c >= '0' && c <= '9';
        if (digit && !out.empty() && out.back()[0] >= '0' && out.back()[0] <= '9')
            out.back().push_back(c);
        else
            out.emplace_back(1, c);
    }
    return out;
}

std::string withoutZeros(const std::string& digits) {
    const auto at = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return digits.substr(at);
}

int sign(std::ptrdiff_t number) {
    return number < 0 ? -1 : number > 0 ? 1 : 0;
}

/// The natural order said slowly, part by part and token by token.
int comparePart(const std::string& a, const std::string& b) {
    const auto x = tokens(a), y = tokens(b);
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        const bool numbers = std::isdigit(static_cast<unsigned char>(x[i][0])) &&
                             std::isdigit(static_cast<unsigned char>(y[i][0]));
        if (!numbers) {
            const auto first = static_cast<unsigned char>(x[i][0]),
                       second = static_cast<unsigned char>(y[i][0]);
            if (first != second)
                return first < second ? -1 : 1;
            continue;
        }
        const auto p = withoutZeros(x[i]), q = withoutZeros(y[i]);
        if (p.size() != q.size())
            return p.size() < q.size() ? -1 : 1;
        if (p != q)
            return p < q ? -1 : 1;
    }
    if (x.size() != y.size())
        return x.size() < y.size() ? -1 : 1;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (x[i].size() != y[i].size())
            return x[i].size() < y[i].size() ? -1 : 1;
    return 0;
}

int compareNames(const std::string& a, const std::string& b) {
    const auto x = split(a), y = split(b);
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i)
        if (const int order = comparePart(x[i], y[i]))
            return order;
    return sign(static_cast<std::ptrdiff_t>(x.size()) - static_cast<std::ptrdiff_t>(y.size()));
}

std::string nameAt(const NameTree& tree, std::uint32_t position) {
    return std::string(itemName(*tree.checkpoint(), tree.item(position)));
}

std::vector<std::string> labels(const NameTree& tree, const Branch& branch) {
    std::vector<std::string> out;
    for (const auto& child : tree.children(branch))
        out.emplace_back(tree.label(child));
    return out;
}

/// Walks the whole tree; every position must be reached exactly once, as a leaf, and sums must add up.
void walk(const NameTree& tree, const Branch& branch, std::vector<int>& seen) {
    if (tree.isLeaf(branch)) {
        QCOMPARE(branch.end - branch.begin, 1u);
        ++seen[branch.begin];
        QVERIFY(tree.children(branch).empty());
        return;
    }
    auto at = branch.begin;
    BranchSums sums;
    for (const auto& child : tree.children(branch)) {
        QCOMPARE(child.begin, at);
        QVERIFY(child.end > child.begin);
        at = child.end;
        const auto part = tree.sums(child);
        sums.tensors += part.tensors;
        sums.parameters += part.parameters;
        sums.bytes += part.bytes;
        walk(tree, child, seen);
    }
    QCOMPARE(at, branch.end);
    QCOMPARE(sums.tensors, tree.sums(branch).tensors);
    QCOMPARE(sums.parameters, tree.sums(branch).parameters);
    QCOMPARE(sums.bytes, tree.sums(branch).bytes);
}

void checkAgainstNaive(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::shuffle(names.begin(), names.end(), std::mt19937(7));
    const auto tree = treeOf(makeNamed(names));
    QVERIFY(tree);
    std::stable_sort(names.begin(), names.end(),
                     [](const auto& a, const auto& b) { return compareNames(a, b) < 0; });
    for (std::uint32_t p = 0; p < tree->size(); ++p) {
        QCOMPARE(nameAt(*tree, p), names[p]);
        QCOMPARE(tree->position(tree->item(p)), p);
    }
    std::vector<int> seen(names.size());
    walk(*tree, tree->root(), seen);
    QVERIFY(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
    for (std::uint32_t p = 0; p < tree->size(); p += 7) {
        const auto path = tree->pathTo(tree->item(p));
        auto parent = tree->root();
        for (const auto& branch : path) {
            const auto children = tree->children(parent);
            QVERIFY(std::find(children.begin(), children.end(), branch) != children.end());
            parent = branch;
        }
        QVERIFY(tree->isLeaf(parent));
        QCOMPARE(parent.begin, p);
    }
}

std::vector<std::string> modelNames(int layers, int experts) {
    static const char* const leaves[] = {"input_layernorm.weight", "self_attn.q_proj.weight",
                                         "self_attn.k_proj.weight", "mlp.gate.weight"};
    std::vector<std::string> names{"model.embed_tokens.weight", "lm_head.weight"};
    for (int layer = 0; layer < layers; ++layer) {
        const auto prefix = "model.layers." + std::to_string(layer) + ".";
        for (const auto* leaf : leaves)
            names.push_back(prefix + leaf);
        for (int expert = 0; expert < experts; ++expert)
            for (const auto* leaf : {"up_proj", "down_proj", "gate_proj"})
                names.push_back(prefix + "mlp.experts." + std::to_string(expert) + "." + leaf + ".weight");
    }
    return names;
}

} // namespace

class NameTreeTest : public QObject {
    Q_OBJECT
private slots:
    void ordersLayersByNumber() {
        const auto tree =
            treeOf(makeNamed({"layers.10.w", "layers.2.w", "layers.1.w", "a", "layers.02.w", "a.b"}));
        QCOMPARE(labels(*tree, tree->root()), (std::vector<std::string>{"a", "layers"}));
        const auto children = tree->children(tree->root());
        QCOMPARE(labels(*tree, children[1]), (std::vector<std::string>{"1", "2", "02", "10"}));
    }

    void nameThatIsAlsoABranch() {
        const auto tree = treeOf(makeNamed({"a.b", "a", "a.c.d"}));
        const auto a = tree->children(tree->root()).at(0);
        QVERIFY(!tree->isLeaf(a));
        const auto children = tree->children(a);
        QCOMPARE(children.size(), std::size_t{3});
        QVERIFY(tree->isLeaf(children[0]));
        QCOMPARE(children[0].depth, 1u);
        QCOMPARE(tree->label(children[0]), std::string_view("a"));
        QCOMPARE(tree->label(children[2]), std::string_view("c"));
    }

    void entriesAndTensorsShareTheTree() {
        EntryRecord file;
        file.name = "unet/config.json";
        file.kind = EntryRecord::Kind::Json;
        file.stored = {0, 10};
        EntryRecord value;
        value.name = "unet.config";
        EntryRecord same;
        same.name = "w";
        const auto tree = treeOf(makeCheckpoint({{.name = "w"}, {.name = "unet.a"}}, {file, value, same}));
        QCOMPARE(labels(*tree, tree->root()), (std::vector<std::string>{"unet", "w"}));
        const auto children = tree->children(tree->root());
        QCOMPARE(labels(*tree, children[0]), (std::vector<std::string>{"a", "config", "config.json"}));
        QCOMPARE(tree->sums(children[0]).entries, std::uint64_t{2});
        QCOMPARE(tree->sums(children[0]).bytes, std::uint64_t{26});
        QCOMPARE(tree->children(children[1]).size(), std::size_t{2});
        QCOMPARE(tree->pathTo(4).size(), std::size_t{2});
    }

    void emptyCheckpoint() {
        const auto tree = treeOf(makeNamed({}));
        QCOMPARE(tree->size(), 0u);
        QVERIFY(tree->children(tree->root()).empty());
    }

    void hostileNames() {
        std::vector<std::string> names{"",
                                       ".",
                                       "..",
                                       "...",
                                       std::string(1, '\0'),
                                       std::string("\0.\0", 3),
                                       "\x01",
                                       "\x02",
                                       "\x01.\x02",
                                       "a",
                                       "a\n",
                                       "\xff\xfe",
                                       "../../up",
                                       "0",
                                       "00",
                                       "0.0",
                                       "1e5",
                                       "01.2",
                                       "1.02",
                                       std::string(300, '9'),
                                       std::string(301, '9'),
                                       std::string(400, '0') + "7",
                                       "7"};
        checkAgainstNaive(names);
    }

    void longNamesAndDeepPaths() {
        const std::string dots(1'000'000, '.'), letters(1'000'000, 'x');
        const auto tree = treeOf(makeNamed({dots, dots + ".", dots + "a", letters, letters + "y", "b"}));
        QVERIFY(tree);
        QCOMPARE(tree->children(tree->root()).size(), std::size_t{4});
        QCOMPARE(tree->pathLength(0), 1'000'001u);
        QCOMPARE(tree->sharedWithNext(0), 1'000'001u);
        QCOMPARE(tree->sharedWithNext(1), 1'000'000u);
        const auto path = tree->pathTo(0);
        // A name that goes on as another's beginning is a branch, and a leaf in it.
        QCOMPARE(path.size(), std::size_t{1'000'002});
        QCOMPARE(path[0].end, 3u);
        QVERIFY(tree->isLeaf(path.back()));
        QCOMPARE(tree->children({0, 3, 300'000}).size(), std::size_t{1});
        QCOMPARE(tree->children({0, 3, 1'000'000}).size(), std::size_t{2});
    }

    void agreesWithNaiveOrder() {
        std::mt19937 random(1);
        static constexpr std::string_view alphabet("ab019.._\x01\0Z", 11);
        for (int round = 0; round < 40; ++round) {
            std::vector<std::string> names;
            for (int i = 0; i < 300; ++i) {
                std::string name;
                for (auto left = random() % 12; left > 0; --left)
                    name.push_back(alphabet[random() % alphabet.size()]);
                names.push_back(name);
            }
            checkAgainstNaive(names);
        }
    }

    void agreesWithNaiveOrderOnAModel() { checkAgainstNaive(modelNames(30, 40)); }

    void deepTreesBeyondSaturation() {
        std::string deep;
        for (int i = 0; i < 300; ++i)
            deep += "p.";
        std::vector<std::string> names;
        for (int i = 0; i < 200; ++i)
            names.push_back(deep + std::to_string(i / 20) + "." + std::to_string(i));
        checkAgainstNaive(names);
    }

    void childrenOneByOneAndInGroups() {
        std::mt19937 random(3);
        std::vector<std::string> names;
        for (int i = 0; i < 400; ++i) {
            std::string name = "abc"[random() % 3] + std::to_string(random() % 12);
            for (auto parts = random() % 4; parts > 0; --parts)
                name += "." + std::to_string(random() % 5);
            names.push_back(name);
        }
        std::ranges::sort(names);
        names.erase(std::unique(names.begin(), names.end()), names.end());
        const auto tree = *NameTree::build(makeNamed(names), JobContext{});
        std::vector<Branch> branches{tree->root()};
        for (std::size_t i = 0; i < branches.size(); ++i) {
            const auto branch = branches[i];
            const auto children = tree->children(branch);
            branches.insert(branches.end(), children.begin(), children.end());
            if (tree->isLeaf(branch))
                continue;
            QCOMPARE(tree->children(branch, 1).size(), std::min<std::size_t>(children.size(), 2));
            for (const auto& child : children)
                for (auto at = child.begin; at < child.end; ++at)
                    QVERIFY(tree->childAt(branch, at) == child);
            for (const std::uint32_t each : {1u, 2u, 3u, 1000u}) {
                std::size_t first = 0;
                for (const auto& group : tree->childGroups(branch, each)) {
                    QVERIFY(group.first == children[first]);
                    QVERIFY(group.last == children[first + group.count - 1]);
                    QVERIFY(group.count == each || first + group.count == children.size());
                    first += group.count;
                }
                QCOMPARE(first, children.size());
            }
        }
    }

    void cancelled() {
        std::stop_source source;
        source.request_stop();
        JobContext context;
        context.stop = source.get_token();
        const auto tree = NameTree::build(makeNamed({"a"}), context);
        QVERIFY(!tree);
        QCOMPARE(tree.error().rule->id, std::string_view("job.cancelled"));
    }

    void aMillionNames() {
        auto names = modelNames(100, 3333);
        std::shuffle(names.begin(), names.end(), std::mt19937(3));
        const auto checkpoint = makeNamed(names);
        QElapsedTimer timer;
        timer.start();
        const auto tree = treeOf(checkpoint);
        qInfo("%zu names as a tree: %lld ms", names.size(), static_cast<long long>(timer.elapsed()));
        timer.restart();
        const auto layers = tree->children(tree->children(tree->root()).at(1)).at(1);
        QCOMPARE(tree->children(layers).size(), std::size_t{100});
        qInfo("children of the layers: %lld us", static_cast<long long>(timer.nsecsElapsed() / 1000));
        timer.restart();
        QCOMPARE(tree->pathTo(tree->item(500'000)).front().depth, 1u);
        qInfo("path to an item: %lld us", static_cast<long long>(timer.nsecsElapsed() / 1000));
    }
};

QTEST_GUILESS_MAIN(NameTreeTest)
#include "name_tree_test.moc"
