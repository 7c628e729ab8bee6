// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "convert/optimizer_names.h"
#include "convert/rules.h"
#include "convert/suggestions.h"
#include "support/checkpoint_of_payloads.h"
#include "support/made_checkpoint.h"

#include <QtTest>

#include <algorithm>

using namespace shardlens;
using namespace shardlens::convert;

namespace {

using Names = std::vector<std::string>;

CheckpointPtr named(const Names& names, Format format = Format::Dcp) {
    test::CheckpointOfPayloads made;
    made.builder().facts().format = format;
    const auto file = made.file("f", std::vector<std::byte>(16));
    for (const auto& name : names)
        made.slice(made.tensor(name, DType::F32, {4}), {0}, {4},
                   test::plainPayload(file, {0, 16}, DType::F32));
    return made.build();
}

std::vector<Suggestion> suggestionsFor(const CheckpointPtr& source, const Options& options = {}) {
    const auto found = suggest(*source, options, {});
    return found ? *found : std::vector<Suggestion>();
}

/// What would be written with the first suggestion taken.
Names written(const CheckpointPtr& source, const Suggestion& suggestion) {
    Options options;
    options.output = "/nowhere/out";
    const auto plan = planConversion(source, suggestion.takenIn(options), {});
    Names names;
    if (plan && !plan->blocked())
        for (const auto& file : plan->files)
            names.insert(names.end(), file.tensors.begin(), file.tensors.end());
    std::ranges::sort(names);
    return names;
}

} // namespace

class SuggestionsTest : public QObject {
    Q_OBJECT

private slots:
    void trainersLayouts_data();
    void trainersLayouts();
    void leavesPublishedNamesAlone();
    void offersOnlyWhatTheOptionsDoNotSay();
    void neverCollides();
    void plansSaySoAndDoNothing();
    void numberedOptimizers();
};

void SuggestionsTest::trainersLayouts_data() {
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QStringList>("wanted");
    QTest::addColumn<QString>("arguments");
    const QStringList plain{"a.weight", "b.weight"};
    QTest::newRow("dcp") << QStringList{"model.a.weight", "model.b.weight", "optim.state.a.weight.exp_avg",
                                        "optim.state.a.weight.step"}
                         << plain << "--drop-optimizer --strip-prefix model.";
    QTest::newRow("torchtitan") << QStringList{"a.weight", "b.weight", "optimizer.state.a.weight.step",
                                               "train_state.step", "train_state.ntokens_seen"}
                                << plain << "--drop-optimizer --exclude 'train_state.*'";
    QTest::newRow("Lightning, sharded")
        << QStringList{"model.a.weight", "model.b.weight", "optimizer_0.state.a.weight.step"} << plain
        << "--drop-optimizer --strip-prefix model.";
    QTest::newRow("Lightning, ckpt") << QStringList{"state_dict.model.a.weight", "state_dict.model.b.weight",
                                                    "optimizer_states.0.state.0.step"}
                                     << plain
                                     << "--drop-optimizer --strip-prefix state_dict. --strip-prefix model.";
    QTest::newRow("Accelerate") << QStringList{"model.a.weight", "model.b.weight"} << plain
                                << "--strip-prefix model.";
    QTest::newRow("torchtune") << QStringList{"model.a.weight", "model.b.weight", "optimizer.state.0.exp_avg",
                                              "rng_state"}
                               << plain << "--drop-optimizer --exclude =rng_state --strip-prefix model.";
    QTest::newRow("another root beside the model")
        << QStringList{"model.a.weight", "model.b.weight", "optim.state.a.step", "progress.history"} << plain
        << "--drop-optimizer --exclude 'progress.*' --strip-prefix model.";
    QTest::newRow("compiled in DDP") << QStringList{"module._orig_mod.a.weight", "module._orig_mod.b.weight"}
                                     << plain << "--strip-prefix module. --strip-prefix _orig_mod.";
    QTest::newRow("layers compiled alone")
        << QStringList{"layers.0._orig_mod.w", "layers.1._orig_mod.w", "norm"}
        << QStringList{"layers.0.w", "layers.1.w", "norm"} << "--rename '\\b(_orig_mod)\\.='";
    QTest::newRow("app") << QStringList{"app.model.a.weight", "app.model.b.weight", "app.optim.state.a.step"}
                         << plain << "--drop-optimizer --strip-prefix app. --strip-prefix model.";
}

void SuggestionsTest::trainersLayouts() {
    QFETCH(const QStringList, names);
    QFETCH(const QStringList, wanted);
    QFETCH(const QString, arguments);
    Names source, expected;
    for (const auto& name : names)
        source.push_back(name.toStdString());
    for (const auto& name : wanted)
        expected.push_back(name.toStdString());
    const auto checkpoint = named(source);
    const auto found = suggestionsFor(checkpoint);
    QVERIFY(!found.empty());
    QCOMPARE(QString::fromStdString(found.front().asArguments()), arguments);
    QCOMPARE(found.front().tensors, std::uint64_t{expected.size()});
    QCOMPARE(found.front().bytes, std::uint64_t{16 * expected.size()});
    QCOMPARE(found.front().leftOut, std::uint64_t{source.size() - expected.size()});
    QCOMPARE(written(checkpoint, found.front()), expected);
    for (const auto& other : found)
        QCOMPARE(written(checkpoint, other).size(), expected.size());
}

void SuggestionsTest::leavesPublishedNamesAlone() {
    const Names llama{"model.embed_tokens.weight", "model.layers.0.mlp.weight"};
    QVERIFY(suggestionsFor(named(llama, Format::ShardedSafetensors)).empty());
    QVERIFY(suggestionsFor(named({"model.a", "lm_head.weight"})).empty());
    QVERIFY(suggestionsFor(named({"a", "b"})).empty());
    QVERIFY(suggestionsFor(named({})).empty());
    // A model may have parts that are called as trainers call theirs.
    QVERIFY(suggestionsFor(named({"scaler.weight", "a"})).empty());
    // A wrapper is no model's own word, wherever it was saved.
    QCOMPARE(suggestionsFor(named({"module.a", "module.b"}, Format::Safetensors)).size(), std::size_t{1});
}

void SuggestionsTest::offersOnlyWhatTheOptionsDoNotSay() {
    const auto checkpoint = named({"model.a", "model.b", "optim.state.a.step", "progress.n"});
    const auto first = suggestionsFor(checkpoint);
    QCOMPARE(first.size(), std::size_t{2});
    QVERIFY(first[1].stripPrefixes.empty() && first[1].dropOptimizer);
    QVERIFY(suggestionsFor(checkpoint, first[0].takenIn({})).empty());
    const auto rest = suggestionsFor(checkpoint, first[1].takenIn({}));
    QCOMPARE(rest.size(), std::size_t{1});
    QCOMPARE(rest[0].stripPrefixes, Names{"model."});
    QVERIFY(!rest[0].dropOptimizer && rest[0].exclude.empty());
    Options own;
    own.include = {"model.a"};
    QVERIFY(suggestionsFor(checkpoint, own).empty());
}

void SuggestionsTest::neverCollides() {
    for (const auto& names : {Names{"a._orig_mod.w", "a.w"}, Names{"module.", "module.a"}}) {
        const auto checkpoint = named(names);
        for (const auto& suggestion : suggestionsFor(checkpoint))
            QCOMPARE(written(checkpoint, suggestion).size(), names.size());
    }
}

void SuggestionsTest::plansSaySoAndDoNothing() {
    const auto checkpoint = named({"model.a", "optim.state.a.step"});
    Options options;
    options.output = "/nowhere/out";
    const auto plan = planConversion(checkpoint, options, {});
    QVERIFY(plan);
    const auto note = std::ranges::find_if(
        plan->notes, [](const Finding& one) { return one.what.rule == &rules::ConvertObviousChoice; });
    QVERIFY(note != plan->notes.end());
    QVERIFY(message(note->what).find("--drop-optimizer --strip-prefix model.") != std::string::npos);
    QVERIFY(plan->skipped.empty() && plan->renamed.empty());
    const auto taken = planConversion(checkpoint, suggestionsFor(checkpoint)[0].takenIn(options), {});
    QVERIFY(taken);
    QVERIFY(std::ranges::none_of(
        taken->notes, [](const Finding& one) { return one.what.rule->id == "convert.obvious-choice"; }));
}

void SuggestionsTest::numberedOptimizers() {
    QVERIFY(isOptimizerName("optimizer_0.state.a.step"));
    QVERIFY(isOptimizerName("optimizer_12.param_groups.0.lr"));
    QVERIFY(isOptimizerName("app.optim.state.a.step"));
    QVERIFY(!isOptimizerName("optimizer_x.weight"));
    QVERIFY(!isOptimizerName("app.model.weight"));
}

QTEST_GUILESS_MAIN(SuggestionsTest)
#include "suggestions_test.moc"
