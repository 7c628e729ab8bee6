// SPDX-License-Identifier: Apache-2.0
// Lists too long to be looked at one by one, and what a filter leaves of them.
#include "support/made_checkpoint.h"
#include "ui/models/branch_title.h"
#include "ui/models/contents_model.h"

#include <QAbstractItemModelTester>
#include <QTest>

#include <random>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

FilterResultPtr filtered(const NameTreePtr& names, const std::string& text) {
    return *FilterResult::compute(*Filter::parse(text), names, JobContext{});
}

ContentsModel::Content contentOf(const NameTreePtr& names, const std::string& text) {
    ContentsModel::Content content;
    content.names = names;
    content.filter = filtered(names, text);
    content.folding = *Folding::build(names, JobContext{});
    content.foldMarks = std::make_shared<const FoldMarks>(content.folding->mark(content.filter->bits()));
    return content;
}

NameTreePtr siblings(std::uint32_t count) {
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < count; ++i)
        names.push_back("tensor_" + std::to_string(i) + (i % 2 ? "_odd" : "_even"));
    return *NameTree::build(test::makeNamed(names), JobContext{});
}

std::uint32_t leavesBelow(const ContentsModel& model, const QModelIndex& parent) {
    std::uint32_t count = 0;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const auto index = model.index(row, 0, parent);
        count += model.hasChildren(index) ? leavesBelow(model, index) : 1;
    }
    return count;
}

} // namespace

class ContentsScaleTest : public QObject {
    Q_OBJECT

private slots:
    void longListsAreBucketsByPlace() {
        const auto names = siblings(40'000);
        ContentsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setContent(contentOf(names, ""));
        QCOMPARE(model.rowCount(), 20);
        const auto second = model.index(1, 0);
        QCOMPARE(second.data().toString(), QStringLiteral("tensor_2000_even … tensor_3999_odd"));
        QCOMPARE(model.row(second).beside, QStringLiteral("2,000"));
        QCOMPARE(leavesBelow(model, {}), 40'000u);
        const auto wanted = *names->checkpoint()->findTensor("tensor_31234_even");
        const auto index = model.indexOf(SelectedItem::tensor(wanted));
        QCOMPARE(index.data().toString(), QStringLiteral("tensor_31234_even"));
        QCOMPARE(index.parent().row(), 15);
    }

    void aFilterThatLeavesFewShowsThemAtOnce() {
        const auto names = siblings(40'000);
        ContentsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setContent(contentOf(names, "tensor_3999"));
        QCOMPARE(model.rowCount(), 11); // 3999 and 39990 … 39999
        QCOMPARE(model.index(1, 0).data().toString(), QStringLiteral("tensor_39990_even"));
        model.setContent(contentOf(names, "even")); // still too many: buckets that say how many match
        QCOMPARE(model.rowCount(), 20);
        QCOMPARE(model.row(model.index(0, 0)).beside, QStringLiteral("1,000 of 2,000"));
        QCOMPARE(model.rowCount(model.index(0, 0)), 1000);
        QCOMPARE(leavesBelow(model, {}), 20'000u);
    }

    void sumsOfAFilterAgreeWithCounting() {
        std::mt19937 random(11);
        std::vector<std::string> texts;
        for (int i = 0; i < 700; ++i)
            texts.push_back("layers." + std::to_string(random() % 40) + "." + std::to_string(i));
        const auto names = *NameTree::build(test::makeNamed(texts), JobContext{});
        for (const auto* text : {"7", "layers.3", "*.?", "none", "-7"}) {
            const auto filter = filtered(names, text);
            for (int round = 0; round < 200; ++round) {
                auto begin = std::uint32_t(random() % (names->size() + 1));
                auto end = std::uint32_t(random() % (names->size() + 1));
                if (begin > end)
                    std::swap(begin, end);
                std::uint32_t count = 0, next = end;
                std::uint64_t bytes = 0;
                for (auto at = end; at-- > begin;)
                    if (filter->matches(names->item(at))) {
                        ++count;
                        next = at;
                        bytes += names->sums({at, at + 1, 0}).bytes;
                    }
                const Branch branch{begin, end, 0};
                QCOMPARE(filter->count(branch), count);
                QCOMPARE(filter->sums(*names, branch).tensors, std::uint64_t{count});
                QCOMPARE(filter->sums(*names, branch).bytes, bytes);
                QCOMPARE(filter->nextMatch(begin, end), next);
            }
        }
    }

    void branchesHaveFilters() {
        const std::vector<std::string> texts{"a b.c", "a b.d", "a b c", "-x.y",    "\"q\".w",  "k:v.w",
                                             "k*v.w", "a.b",   "a.bc",  "a.b.c",   "é.w",      "é.v",
                                             "ee.w",  "plain", "",      "plainer", "back\\s.w"};
        const auto names = *NameTree::build(test::makeNamed(texts), JobContext{});
        std::vector<Branch> branches = names->children(names->root());
        for (std::size_t i = 0; i < branches.size(); ++i) {
            const auto branch = branches[i];
            for (const auto& child : names->children(branch))
                branches.push_back(child);
            const auto text = branchFilter(*names, branch).toStdString();
            if (names->label(branch).empty() && branch.depth == 1)
                continue; // the empty name is not to be typed
            if (names->label(branch) == "plain")
                QCOMPARE(text, std::string("=plain"));
            const auto parsed = Filter::parse(text);
            QVERIFY2(parsed, text.c_str());
            const auto result = *FilterResult::compute(*parsed, names, JobContext{});
            QVERIFY2(result->matches(names->item(branch.end - 1)), text.c_str());
        }
        QCOMPARE(filtered(names, "a.b.*")->total().tensors, std::uint64_t{1});
    }
};

QTEST_MAIN(ContentsScaleTest)
#include "contents_scale_test.moc"
