// SPDX-License-Identifier: Apache-2.0
#include "ui/models/compare_result.h"

#include "analysis/rename_rule.h"
#include "convert/renamer.h"
#include "formats/open.h"
#include "ui/document/paths.h"
#include "ui/style/text.h"

#include <QCoreApplication>
#include <QStringList>

#include <chrono>

namespace shardlens::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("CompareResult", text);
}

QString counted(std::uint64_t count, const QString& one, const QString& many) {
    return count == 1 ? one : many.arg(style::grouped(count));
}

Result<void> complete(CompareSide& side, const JobContext& context) {
    if (!side.checkpoint) {
        SHARDLENS_TRY(side.checkpoint, shardlens::open(toPath(side.path), {}, context));
    }
    if (!side.names) {
        context.begin("sorting names", 0, false);
        SHARDLENS_TRY(side.names, NameTree::build(side.checkpoint, context));
    }
    return {};
}

/// Renaming can fail (a name that is too long for the expression), so that it is done before.
Result<std::vector<std::string>> renamedNames(const Checkpoint& a, const convert::Renamer& renamer,
                                              const JobContext& context) {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < a.tensorCount(); ++i) {
        if (i % 1024 == 0)
            SHARDLENS_CHECK(context.checkStop());
        SHARDLENS_TRY(auto name, renamer.rename(a.tensor(TensorId(i)).name()));
        out.push_back(std::move(name));
    }
    return out;
}

} // namespace

QString CompareSide::title() const {
    const QString name = checkpoint ? style::plain(checkpoint->facts().name, 80) : QString();
    return name.isEmpty() ? style::plain(toPath(lastPart(path)), 80) : name;
}

QString CompareSide::facts() const {
    if (!checkpoint)
        return {};
    return QStringList{style::plain(formatTitle(checkpoint->format())),
                       counted(checkpoint->fileCount(), tr("1 file"), tr("%1 files")),
                       counted(checkpoint->tensorCount(), tr("1 tensor"), tr("%1 tensors")),
                       style::bytesText(checkpoint->bytes())}
        .join(QStringLiteral(", "));
}

bool CompareResult::allIdentical() const {
    return settings.values && comparison.different.empty() && comparison.onlyA.empty() &&
           comparison.onlyB.empty() && comparison.identical == comparison.same.size();
}

Result<CompareResultPtr> compareSides(CompareSide a, CompareSide b, const CompareSettings& settings,
                                      const JobContext& context) {
    const auto began = std::chrono::steady_clock::now();
    SHARDLENS_TRY(const auto renamer, convert::Renamer::create({}, settings.renames, "--rename"));
    SHARDLENS_CHECK(complete(a, context));
    SHARDLENS_CHECK(complete(b, context));
    CompareOptions options;
    options.tolerance = settings.tolerance;
    options.values = settings.values;
    std::vector<std::string> names;
    if (!renamer.changesNothing()) {
        SHARDLENS_TRY(names, renamedNames(*a.checkpoint, renamer, context));
        options.renameA = [&](std::string_view name) {
            const auto id = a.checkpoint->findTensor(name);
            return id ? names[id->index()] : std::string(name);
        };
    }
    auto result = std::make_shared<CompareResult>();
    SHARDLENS_TRY(result->comparison, compare(a.checkpoint, b.checkpoint, options, context));
    for (const auto& [inA, inB] : result->comparison.renamed) {
        result->inB.emplace(inA.value(), inB);
        result->inA.emplace(inB.value(), inA);
    }
    std::vector<std::pair<std::string_view, std::string_view>> renamed;
    for (const auto& [inA, inB] : result->comparison.renamed)
        renamed.emplace_back(a.checkpoint->tensor(inA).name(), b.checkpoint->tensor(inB).name());
    result->offered = renameRules(renamed);
    result->a = std::move(a);
    result->b = std::move(b);
    result->settings = settings;
    result->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return result;
}

QString compareSentence(const CompareResult& result) {
    const Comparison& found = result.comparison;
    const QString all = counted(found.same.size(), tr("1 tensor"), tr("%1 tensors"));
    const bool complete = found.different.empty() && found.onlyA.empty() && found.onlyB.empty();
    if (complete && !result.settings.values)
        return tr("%1 of equal name, type and shape; values were not read.").arg(all);
    if (result.allIdentical())
        return tr("%1, byte-identical.").arg(all);
    if (complete)
        return tr("%1 with equal values, %2 of them byte-identical.")
            .arg(all, style::grouped(found.identical));
    QStringList texts{tr("%1 the same").arg(style::grouped(found.same.size()))};
    if (!found.different.empty())
        texts << tr("%1 different").arg(style::grouped(found.different.size()));
    if (!found.onlyA.empty())
        texts << tr("%1 only in A").arg(style::grouped(found.onlyA.size()));
    if (!found.onlyB.empty())
        texts << tr("%1 only in B").arg(style::grouped(found.onlyB.size()));
    return texts.join(QStringLiteral(", ")) + QLatin1Char('.');
}

} // namespace shardlens::ui
