// SPDX-License-Identifier: Apache-2.0
#include "model/coverage.h"
#include "support/results.h"

#include <QElapsedTimer>
#include <QtTest>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace shardlens;

namespace {

struct OwnedBox {
    Dims offset, size;
    bool operator==(const OwnedBox&) const = default;
};
using Boxes = std::vector<OwnedBox>;
using Random = std::mt19937;

std::uint64_t upTo(Random& random, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
}

CoverageProblems check(const Dims& shape, const Boxes& boxes, std::size_t most = 16) {
    std::vector<Box> views;
    for (const auto& box : boxes)
        views.push_back({box.offset, box.size});
    return checkCoverage(shape, views, most);
}

/// Calls `visit` with the row-major index of each element of a box that lies in the shape.
template <typename Visit>
void forEach(const Dims& shape, const OwnedBox& box, Visit visit) {
    const auto count = elementCount(box.size);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t rest = i, index = 0, stride = 1;
        for (std::size_t d = shape.size(); d-- > 0;) {
            index += (box.offset[d] + rest % box.size[d]) * stride;
            rest /= box.size[d];
            stride *= shape[d];
        }
        visit(index);
    }
}

bool inside(const Dims& shape, const OwnedBox& box) {
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (box.offset[d] > shape[d] || box.size[d] > shape[d] - box.offset[d])
            return false;
    return true;
}

/// The same question, element by element.
struct Truth {
    std::uint64_t missing = 0;
    std::set<std::pair<std::size_t, std::size_t>> overlaps;
    std::vector<std::size_t> outOfBounds;
    std::vector<bool> covered;
};

Truth bruteForce(const Dims& shape, const Boxes& boxes) {
    Truth truth;
    std::vector<std::vector<std::size_t>> owners(elementCount(shape));
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        if (!inside(shape, boxes[i])) {
            truth.outOfBounds.push_back(i);
            continue;
        }
        if (std::find(boxes.begin(), boxes.begin() + std::ptrdiff_t(i), boxes[i]) !=
            boxes.begin() + std::ptrdiff_t(i))
            continue; // a replica
        forEach(shape, boxes[i], [&](std::uint64_t element) { owners[element].push_back(i); });
    }
    for (const auto& list : owners) {
        truth.missing += list.empty() ? 1 : 0;
        truth.covered.push_back(!list.empty());
        for (std::size_t a = 0; a < list.size(); ++a)
            for (std::size_t b = a + 1; b < list.size(); ++b)
                truth.overlaps.emplace(list[a], list[b]);
    }
    return truth;
}

std::string shown(const Dims& shape, const Boxes& boxes) {
    std::string out;
    const auto list = [&out](const Dims& dims) {
        for (const auto dim : dims)
            out += std::to_string(dim) + " ";
        out += "| ";
    };
    list(shape);
    for (const auto& box : boxes) {
        out += "\n";
        list(box.offset);
        list(box.size);
    }
    return out;
}

/// A partition of the region by random cuts.
void cutUp(Random& random, const OwnedBox& region, int depth, Boxes& out) {
    const auto dim = region.size.empty() ? 0 : upTo(random, region.size.size() - 1);
    if (depth == 0 || region.size.empty() || region.size[dim] < 2) {
        out.push_back(region);
        return;
    }
    const auto cut = 1 + upTo(random, region.size[dim] - 2);
    auto low = region, high = region;
    low.size[dim] = cut;
    high.offset[dim] += cut;
    high.size[dim] -= cut;
    cutUp(random, low, depth - 1, out);
    cutUp(random, high, depth - 1, out);
}

void compareWithTruth(const Dims& shape, const Boxes& boxes) {
    constexpr std::size_t Most = 10'000; // nothing is cut off
    const auto found = check(shape, boxes, Most);
    const auto truth = bruteForce(shape, boxes);
    const auto what = shown(shape, boxes);
    QVERIFY2(found.outOfBounds == truth.outOfBounds, what.c_str());
    QVERIFY2(found.missingElements == truth.missing, what.c_str());
    const std::set<std::pair<std::size_t, std::size_t>> pairs(found.overlaps.begin(), found.overlaps.end());
    QVERIFY2(pairs.empty() == truth.overlaps.empty(), what.c_str());
    for (const auto& pair : pairs)
        QVERIFY2(truth.overlaps.contains(pair), what.c_str());
    auto covered = truth.covered;
    for (const auto& hole : found.holes)
        forEach(shape, {hole.offset, hole.size}, [&](std::uint64_t element) {
            QVERIFY2(!covered[element], what.c_str()); // holes lie where nothing is, and don't meet
            covered[element] = true;
        });
    QVERIFY2(std::find(covered.begin(), covered.end(), false) == covered.end(), what.c_str());
}

/// A nest of frames: no cut passes without cutting a box. `ring` boxes around a middle.
Boxes nestOfFrames(std::uint64_t rings) {
    Boxes boxes;
    const auto side = 2 * rings + 1;
    for (std::uint64_t i = 0; i < rings; ++i) {
        const auto inner = side - 2 * i;
        boxes.push_back({{i, i}, {1, inner - 1}});
        boxes.push_back({{i, i + inner - 1}, {inner - 1, 1}});
        boxes.push_back({{i + inner - 1, i + 1}, {1, inner - 1}});
        boxes.push_back({{i + 1, i}, {inner - 1, 1}});
    }
    boxes.push_back({{rings, rings}, {1, 1}});
    return boxes;
}

} // namespace

class CoverageTest : public QObject {
    Q_OBJECT

private slots:
    void plainCases() {
        QVERIFY(check({4, 4}, {{{0, 0}, {4, 4}}}).complete());
        QVERIFY(check({}, {{{}, {}}}).complete());
        QCOMPARE(check({}, {}).missingElements, 1u);
        QVERIFY(check({0, 3}, {}).complete());
        QVERIFY(check({4}, {{{0}, {2}}, {{2}, {2}}}).complete());
        QVERIFY(check({4}, {{{2}, {2}}, {{0}, {2}}}).complete());             // in any order
        QVERIFY(check({4}, {{{0}, {2}}, {{2}, {2}}, {{0}, {2}}}).complete()); // a replica
        QVERIFY(check({4}, {{{0}, {4}}, {{4}, {0}}, {{2}, {0}}}).complete()); // empty ones
        QVERIFY(!check({4}, {{{0}, {4}}, {{0}, {2}}}).complete());            // a whole one and a part
        QVERIFY(!check({4}, {{{0}, {4}}, {{0}, {2}}, {{2}, {2}}}).complete());
        QVERIFY(!check({4, 2}, {{{0, 0}, {4, 1}}, {{0, 0}, {4, 1}}}).complete());
        QCOMPARE(check({4}, {{{0}, {2}}, {{3}, {1}}}).holes.front().offset, Dims{2});
    }

    void leavingTheShape() {
        const auto max = ~std::uint64_t{0};
        QCOMPARE(check({4}, {{{0}, {4}}, {{5}, {0}}}).outOfBounds, std::vector<std::size_t>{1});
        QCOMPARE(check({4}, {{{max}, {2}}}).outOfBounds, std::vector<std::size_t>{0}); // would wrap
        QCOMPARE(check({4}, {{{0, 0}, {4, 1}}}).outOfBounds, std::vector<std::size_t>{0});
        QCOMPARE(check({4}, {{{1}, {max}}}).outOfBounds, std::vector<std::size_t>{0});
    }

    void partitionsAreComplete() {
        Random random(1);
        for (int round = 0; round < 400; ++round) {
            Dims shape(upTo(random, 4));
            for (auto& dim : shape)
                dim = 1 + upTo(random, 7);
            Boxes boxes;
            cutUp(random, {Dims(shape.size(), 0), shape}, 5, boxes);
            if (upTo(random, 2) == 0)
                boxes.push_back(boxes[upTo(random, boxes.size() - 1)]);
            std::shuffle(boxes.begin(), boxes.end(), random);
            QVERIFY2(check(shape, boxes).complete(), shown(shape, boxes).c_str());
        }
    }

    void damagedPartitionsAgreeWithBruteForce() {
        Random random(2);
        for (int round = 0; round < 1000; ++round) {
            Dims shape(1 + upTo(random, 3));
            for (auto& dim : shape)
                dim = upTo(random, 6);
            Boxes boxes;
            cutUp(random, {Dims(shape.size(), 0), shape}, 4, boxes);
            for (auto damage = upTo(random, 3); damage > 0 && !boxes.empty(); --damage) {
                auto& box = boxes[upTo(random, boxes.size() - 1)];
                const auto dim = upTo(random, shape.size() - 1);
                switch (upTo(random, 3)) {
                case 0:
                    box = boxes.back();
                    boxes.pop_back();
                    break;
                case 1:
                    box.size[dim] += upTo(random, 2);
                    break;
                case 2:
                    box.offset[dim] += upTo(random, 2);
                    break;
                default:
                    box.size[dim] -= std::min<std::uint64_t>(box.size[dim], upTo(random, 2));
                }
            }
            compareWithTruth(shape, boxes);
        }
    }

    void randomBoxesAgreeWithBruteForce() {
        Random random(3);
        for (int round = 0; round < 1500; ++round) {
            Dims shape(1 + upTo(random, 2));
            for (auto& dim : shape)
                dim = 1 + upTo(random, 7);
            Boxes boxes(upTo(random, 9));
            for (auto& box : boxes)
                for (const auto dim : shape) {
                    box.offset.push_back(upTo(random, dim));
                    box.size.push_back(upTo(random, dim - std::min(dim, box.offset.back())));
                }
            compareWithTruth(shape, boxes);
        }
    }

    void framesInFrames() {
        const auto side = 2 * 12u + 1;
        auto boxes = nestOfFrames(12);
        QVERIFY(check({side, side}, boxes).complete());
        compareWithTruth({side, side}, boxes);
        boxes.erase(boxes.begin() + 7);
        compareWithTruth({side, side}, boxes);
        boxes[3].size[1] += 1;
        compareWithTruth({side, side}, boxes);
    }

    void listsAreCut() {
        Boxes boxes;
        for (std::uint64_t i = 0; i < 1000; i += 2)
            boxes.push_back({{i}, {1}});
        const auto gaps = check({1000}, boxes, 5);
        QCOMPARE(gaps.holes.size(), 5u);
        QCOMPARE(gaps.missingElements, 500u);
        for (auto& box : boxes)
            box = {{0}, {500 + upTo(m_random, 400)}};
        QVERIFY(check({1000}, boxes, 5).overlaps.size() <= 5);
        QVERIFY(!check({1000}, boxes, 5).complete());
    }

    void manyDims() {
        Dims shape(4096, 1);
        shape[7] = 2;
        shape[4000] = 3;
        Boxes boxes;
        cutUp(m_random, {Dims(4096, 0), shape}, 1, boxes);
        for (std::uint64_t row = 0; row < 2; ++row) {
            OwnedBox box{Dims(4096, 0), shape};
            box.offset[7] = row;
            box.size[7] = 1;
            boxes.resize(row + 1);
            boxes[row] = box;
        }
        QVERIFY(check(shape, boxes).complete());
        boxes.pop_back();
        QCOMPARE(check(shape, boxes).missingElements, 3u);
    }

    void manyBoxes_data() {
        QTest::addColumn<int>("layout");
        QTest::newRow("grid") << 0;
        QTest::newRow("grid with a hole") << 1;
        QTest::newRow("frames") << 2;
        QTest::newRow("rows of different cuts") << 3;
        QTest::newRow("all overlap") << 4;
        QTest::newRow("rods in three directions") << 5;
    }
    void manyBoxes() {
        QFETCH(const int, layout);
        Random random(4);
        Boxes boxes;
        Dims shape{400, 400};
        if (layout < 2)
            for (std::uint64_t i = 0; i < 160'000 - (layout == 1 ? 1u : 0u); ++i)
                boxes.push_back({{i % 400, i / 400}, {1, 1}});
        if (layout == 2) {
            boxes = nestOfFrames(5'000);
            shape = {10'001, 10'001};
        }
        if (layout == 3) {
            shape = {500, 1'000'000};
            for (std::uint64_t row = 0; row < 500; ++row)
                for (std::uint64_t at = 0; at < shape[1];) {
                    const auto size = std::min(shape[1] - at, 1 + upTo(random, 8000));
                    boxes.push_back({{row, at}, {1, size}});
                    at += size;
                }
        }
        if (layout == 4)
            for (std::uint64_t i = 0; i < 50'000; ++i)
                boxes.push_back(
                    {{upTo(random, 500), upTo(random, 500)}, {1 + upTo(random, 499), 1 + upTo(random, 499)}});
        if (layout == 5) { // of each 2x2x2 cell three edges: disjoint, and no plane passes between them
            constexpr std::uint64_t N = 24;
            shape = {2 * N, 2 * N, 2 * N};
            for (std::uint64_t i = 0; i < N; ++i)
                for (std::uint64_t j = 0; j < N; ++j) {
                    boxes.push_back({{0, 2 * i, 2 * j + 1}, {2 * N, 1, 1}});
                    boxes.push_back({{2 * i + 1, 0, 2 * j}, {1, 2 * N, 1}});
                    boxes.push_back({{2 * i, 2 * j + 1, 0}, {1, 1, 2 * N}});
                }
        }
        QElapsedTimer timer;
        timer.start();
        const auto problems = check(shape, boxes);
        qInfo("%zu boxes: %lld ms", boxes.size(), timer.elapsed());
        QCOMPARE(problems.complete(), layout == 0 || layout == 2 || layout == 3);
        if (layout == 1)
            QCOMPARE(problems.missingElements, 1u);
        if (layout == 5)
            QCOMPARE(problems.missingElements, elementCount(shape) / 4);
        QVERIFY(timer.elapsed() < 60'000); // quadratic would take hours
    }

private:
    Random m_random{5};
};

QTEST_GUILESS_MAIN(CoverageTest)
#include "coverage_test.moc"
