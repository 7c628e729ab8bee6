// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/plan_digest.h"

#include "convert/convert.h"
#include "convert/plan_json.h"
#include "convert/rules.h"
#include "ui/document/paths.h"
#include "ui/models/tensor_role.h"
#include "ui/style/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStorageInfo>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

namespace shardlens::ui {

using convert::Plan;
using convert::PlannedFile;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("PlanDigest", text);
}

QString roleText(const PlannedFile& file) {
    switch (file.role) {
    case PlannedFile::Role::Index:
        return tr("weight map, written last");
    case PlannedFile::Role::Side:
        return tr("copied along");
    case PlannedFile::Role::Values:
        return tr("plain values");
    case PlannedFile::Role::Archive:
    case PlannedFile::Role::Weights:
        return holdsText(file.tensors);
    }
    return {};
}

void addFile(const Plan& plan, const PlannedFile& file, PlanDigest& into) {
    PlanFileRow row;
    row.name = style::plain(file.path);
    row.holds = roleText(file);
    row.tensors = file.tensors.size();
    row.bytes = file.bytes;
    for (const convert::Piece& piece : file.pieces) {
        const auto* range = std::get_if<convert::TensorRange>(&piece.what);
        if (!range)
            continue;
        const TensorView tensor = plan.sources[range->source]->tensor(range->tensor);
        row.roleBytes[static_cast<std::size_t>(roleOf(tensor.name()))] += piece.length;
        into.parameters += tensor.elements();
    }
    into.tensors += row.tensors;
    into.bytes += file.bytes;
    into.weightFiles += file.role == PlannedFile::Role::Weights ? 1 : 0;
    into.hasIndex = into.hasIndex || file.role == PlannedFile::Role::Index;
    into.files.push_back(std::move(row));
}

/// First and last part of a name: what is alike within a group.
std::pair<std::string_view, std::string_view> ends(std::string_view name) {
    const std::size_t first = name.find('.'), last = name.rfind('.');
    return {name.substr(0, first),
            last == std::string_view::npos ? std::string_view() : name.substr(last + 1)};
}

void addLeftOut(const Plan& plan, PlanDigest& into) {
    struct Group {
        std::vector<std::string> names;
        std::uint64_t tensors = 0, values = 0, bytes = 0;
        std::set<std::string_view> dtypes;
        std::size_t order = 0;
    };
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, Group> groups;
    for (const convert::Skipped& skipped : plan.skipped) {
        const auto [first, last] = ends(skipped.name);
        Group& group = groups[{skipped.reason, first, last}];
        if (group.names.empty())
            group.order = groups.size();
        group.names.push_back(skipped.name);
        group.bytes += skipped.bytes;
        bool isTensor = false;
        for (const CheckpointPtr& source : plan.sources) {
            if (const auto tensor = source->findTensor(skipped.name)) {
                isTensor = true;
                group.dtypes.insert(source->tensor(*tensor).dtypeName());
                break;
            }
        }
        ++(isTensor ? group.tensors : group.values);
    }
    std::vector<std::pair<std::size_t, LeftOutRow>> rows;
    for (const auto& [key, group] : groups) {
        LeftOutRow row;
        row.name = patternOf(group.names);
        QStringList what;
        if (group.tensors > 0)
            what << (group.tensors == 1 ? tr("1 tensor")
                                        : tr("%1 tensors").arg(style::grouped(group.tensors)));
        if (group.values > 0)
            what << (group.values == 1 ? tr("1 value") : tr("%1 values").arg(style::grouped(group.values)));
        if (group.dtypes.size() == 1)
            what << style::plain(*group.dtypes.begin());
        row.what = what.join(QStringLiteral(", "));
        row.tensors = group.tensors;
        row.values = group.values;
        row.bytes = group.bytes;
        row.why = style::plain(std::get<0>(key));
        into.leftOutTensors += group.tensors;
        into.leftOutValues += group.values;
        into.leftOutBytes += group.bytes;
        rows.emplace_back(group.order, std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [order, row] : rows)
        into.leftOut.push_back(std::move(row));
}

void addNotes(const Findings& findings, const Checkpoint* source, PlanDigest& into) {
    for (const Finding& finding : findings) {
        if (finding.what.rule == &rules::ConvertObviousChoice)
            continue; // offered as a button
        PlanNote note;
        note.severity = finding.severity();
        note.rule = finding.what.rule->id;
        note.sentence = style::message(finding.what);
        note.advice = style::advice(finding.what);
        note.place = style::place(finding.what.where);
        if (source)
            for (const TensorId tensor : finding.tensors)
                note.tensors.emplace_back(source->tensor(tensor).name());
        const bool known = std::any_of(into.notes.begin(), into.notes.end(), [&](const PlanNote& other) {
            return other.rule == note.rule && other.sentence == note.sentence && other.place == note.place;
        });
        if (!known)
            into.notes.push_back(std::move(note));
    }
}

/// The nearest folder above that exists decides whose disk it is.
void lookAtDisk(const convert::Options& options, PlanDigest& into) {
    QString path = fromPath(options.output);
    if (path.isEmpty())
        return;
    QFileInfo info(path);
    while (!info.exists() && info.absolutePath() != info.absoluteFilePath())
        info = QFileInfo(info.absolutePath());
    const QStorageInfo disk(info.absoluteFilePath());
    if (!disk.isValid())
        return;
    into.freeBytes = static_cast<std::uint64_t>(std::max<qint64>(0, disk.bytesAvailable()));
    into.diskBytes = static_cast<std::uint64_t>(std::max<qint64>(0, disk.bytesTotal()));
}

} // namespace

bool PlanDigest::blocked() const {
    return std::any_of(notes.begin(), notes.end(),
                       [](const PlanNote& note) { return note.severity == Severity::Error; });
}

std::vector<std::string> PlanDigest::blockingTensors() const {
    std::vector<std::string> names;
    std::unordered_set<std::string_view> seen;
    for (const PlanNote& note : notes)
        if (note.severity == Severity::Error)
            for (const std::string& name : note.tensors)
                if (seen.insert(name).second)
                    names.push_back(name);
    return names;
}

Result<std::shared_ptr<PlanDigest>> condensePlan(std::shared_ptr<const Plan> plan,
                                                 const convert::Options& options, const Checkpoint* source,
                                                 const JobContext& context) {
    auto digest = std::make_shared<PlanDigest>();
    digest->plan = std::move(plan);
    digest->options = options;
    for (const PlannedFile& file : digest->plan->files) {
        SHARDLENS_CHECK(context.checkStop());
        addFile(*digest->plan, file, *digest);
    }
    addNotes(digest->plan->notes, source, *digest);
    lookAtDisk(options, *digest);
    std::stable_sort(digest->notes.begin(), digest->notes.end(),
                     [](const PlanNote& a, const PlanNote& b) { return a.severity < b.severity; });
    return digest;
}

Result<PlanDigestPtr> digestPlan(const CheckpointPtr& source, const convert::Options& options,
                                 const JobContext& context) {
    SHARDLENS_TRY(Plan plan, convert::planConversion(source, options, context));
    if (!plan.blocked() && !options.output.empty()) {
        SHARDLENS_TRY(const Findings found, convert::preflight(plan, options, context));
        plan.notes.insert(plan.notes.end(), found.begin(), found.end());
    }
    SHARDLENS_TRY(const auto digest, condensePlan(std::make_shared<const Plan>(std::move(plan)), options,
                                                  source.get(), context));
    addLeftOut(*digest->plan, *digest);
    SHARDLENS_CHECK(context.checkStop());
    SHARDLENS_TRY(digest->suggestions, convert::suggest(*source, options, context));
    return digest;
}

QByteArray planAsJson(const PlanDigest& digest) {
    return QByteArray::fromStdString(convert::planDocument(*digest.plan));
}

QString suggestionText(const convert::Suggestion& suggestion) {
    QStringList texts;
    if (suggestion.dropOptimizer || !suggestion.exclude.empty())
        texts << tr("weights only");
    QStringList others;
    for (const std::string& filter : suggestion.exclude) {
        QString root = style::plain(filter, 60);
        root.remove(QLatin1Char('=')).remove(QStringLiteral(".*"));
        if (!others.contains(root))
            others << root;
    }
    if (!others.isEmpty())
        texts << tr("without %1").arg(others.join(QStringLiteral(", ")));
    std::string prefix;
    for (const std::string& each : suggestion.stripPrefixes)
        prefix += each;
    if (!prefix.empty())
        texts << tr("prefix %1 removed").arg(style::plain(prefix, 80));
    if (!suggestion.renames.empty())
        texts << tr("wrappers within names removed");
    QString what = texts.join(QStringLiteral(", "));
    if (!what.isEmpty())
        what[0] = what[0].toUpper();
    return tr("%1: %2, %3")
        .arg(what,
             suggestion.tensors == 1 ? tr("1 tensor")
                                     : tr("%1 tensors").arg(style::grouped(suggestion.tensors)),
             style::bytesText(suggestion.bytes));
}

} // namespace shardlens::ui
