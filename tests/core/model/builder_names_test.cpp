// SPDX-License-Identifier: Apache-2.0
#include "model/box_text.h"
#include "model/checkpoint_builder.h"
#include "support/results.h"

#include <QtTest>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace shardlens;
using namespace shardlens::test;

namespace {

using Added = CheckpointBuilder::Added;

/// Names of which many come twice, in a random order.
std::vector<std::string> names(std::size_t count) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back("model.layers." + std::to_string(i / 3) + (i % 7 == 0 ? ".bias" : ".weight"));
    std::shuffle(out.begin(), out.end(), std::mt19937(5));
    return out;
}

} // namespace

class BuilderNamesTest : public QObject {
    Q_OBJECT

private slots:
    void manyAtOnceAreAsOneByOne() {
        const auto all = names(20'000);
        CheckpointBuilder one{JobContext{}}, many{JobContext{}};
        std::vector<Added> wanted;
        for (const auto& name : all)
            wanted.push_back(one.addTensor(name).value());
        std::vector<Added> added;
        // Batches of every size, the empty one too.
        for (std::size_t at = 0, size = 0; at < all.size(); at += size, size = (size * 3 + 1) % 5000) {
            const auto count = std::min(size, all.size() - at);
            const std::vector<std::string_view> batch(all.begin() + std::ptrdiff_t(at),
                                                      all.begin() + std::ptrdiff_t(at + count));
            VERIFY_OK(many.addTensors(batch, added));
            QCOMPARE(added.size(), count);
            for (std::size_t i = 0; i < count; ++i) {
                QCOMPARE(added[i].id, wanted[at + i].id);
                QCOMPARE(added[i].isNew, wanted[at + i].isNew);
            }
        }
        QCOMPARE(many.tensorCount(), one.tensorCount());
        QVERIFY(many.tensorCount() < all.size());
        const auto built = many.build();
        VERIFY_OK(built);
        for (const auto& name : all) {
            const auto id = (*built)->findTensor(name);
            QVERIFY(id);
            COMPARE_TEXT((*built)->tensor(*id).name(), name);
        }
        QVERIFY(!(*built)->findTensor("model"));
    }

    void limitsHold() {
        Limits limits;
        limits.tensors = 3;
        limits.nameBytes = 5;
        JobContext context;
        context.limits = &limits;
        CheckpointBuilder builder{context};
        std::vector<Added> added;
        const std::vector<std::string_view> fits{"a", "b", "a"}, tooMany{"c", "a", "d"}, tooLong{"123456"};
        VERIFY_OK(builder.addTensors(fits, added));
        VERIFY_RULE(builder.addTensors(tooLong, added), "limits.name-too-long");
        VERIFY_RULE(builder.addTensors(tooMany, added), "limits.too-many-tensors");
        VERIFY_RULE(builder.addTensor("e"), "limits.too-many-tensors");
    }

    void sharesFacts() {
        CheckpointBuilder builder{JobContext{}};
        const auto a = builder.addTensor("a")->id, b = builder.addTensor("b")->id,
                   c = builder.addTensor("c")->id;
        builder.setFacts(a, {{"layout", "strided"}});
        builder.setFactsLike(c, a);
        builder.setFactsLike(b, b); // it has none
        const auto built = builder.build();
        VERIFY_OK(built);
        QVERIFY((*built)->tensor(b).facts().empty());
        QCOMPARE((*built)->tensor(c).facts().size(), std::size_t{1});
        QCOMPARE((*built)->tensor(c).facts().data(), (*built)->tensor(a).facts().data());
    }

    void boxesAsRanges() {
        COMPARE_TEXT(formatBox(Dims{4, 0}, Dims{4, 16}), "[4:8, 0:16]");
        COMPARE_TEXT(formatBox(Dims{}, Dims{}), "[]");
        COMPARE_TEXT(formatBox(Dims{~std::uint64_t{0}}, Dims{2}), "[18446744073709551615:…]");
        const Dims many(9, 1);
        COMPARE_TEXT(formatBox(many, many), "[1:2, 1:2, 1:2, 1:2, …, 1:2, 1:2, 1:2]");
    }
};

QTEST_GUILESS_MAIN(BuilderNamesTest)
#include "builder_names_test.moc"
