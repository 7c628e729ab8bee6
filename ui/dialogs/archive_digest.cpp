// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/archive_digest.h"

#include "convert/dduf_readers.h"
#include "convert/plan_json.h"
#include "ui/style/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <string_view>

namespace shardlens::ui {

using convert::ExportComponent;
using convert::ExportOptions;
using convert::ExportPlan;
using convert::Plan;
using convert::UnpackOptions;

namespace {

constexpr std::size_t MaxNamed = 3; ///< of the files that stay out for one reason

QString tr(const char* text) {
    return QCoreApplication::translate("ArchiveDigest", text);
}

QString counted(std::uint64_t count, const char* one, const char* many) {
    return count == 1 ? tr(one) : tr(many).arg(style::grouped(count));
}

/// The folder of an entry, or the entry itself at the root: what can be chosen.
std::string_view ownerOf(std::string_view entry) {
    return entry.substr(0, entry.find('/'));
}

/// The options of a conversion that the shared parts of the dialogs look at.
convert::Options target(const std::string& output, bool force) {
    convert::Options options;
    options.output = output;
    options.force = force;
    return options;
}

// What stays out, a row a reason.
void addLeftOut(const Plan& plan, PlanDigest& into) {
    std::map<std::string_view, std::size_t> known;
    std::vector<std::size_t> names;
    for (const convert::Skipped& skipped : plan.skipped) {
        const auto [place, isNew] = known.emplace(skipped.reason, into.leftOut.size());
        if (isNew) {
            into.leftOut.emplace_back().why = style::plain(skipped.reason);
            names.push_back(0);
        }
        LeftOutRow& row = into.leftOut[place->second];
        row.bytes += skipped.bytes;
        into.leftOutBytes += skipped.bytes;
        if (names[place->second]++ < MaxNamed)
            row.name +=
                (row.name.isEmpty() ? QString() : QStringLiteral(", ")) + style::plain(skipped.name, 80);
    }
    for (std::size_t i = 0; i != names.size(); ++i)
        into.leftOut[i].what = counted(names[i], QT_TR_NOOP("1 file"), QT_TR_NOOP("%1 files"));
}

QString setText(const convert::ExportWeights& set, bool only) {
    QStringList texts{style::plain(set.name, 40)};
    if (only)
        texts << tr("the only set");
    if (set.files > 1 || !only)
        texts << counted(set.files, QT_TR_NOOP("1 file"), QT_TR_NOOP("%1 files"));
    if (set.pickled)
        texts << tr("pickled");
    return texts.join(QStringLiteral(", "));
}

ComponentRow rowOf(const ExportComponent& component) {
    ComponentRow row;
    row.name = component.name;
    row.className = style::plain(component.className, 80);
    row.included = !component.excluded;
    row.bytes = component.bytes;
    for (const auto& set : component.weights) {
        row.sets << QString::fromStdString(set.name);
        row.setTexts << setText(set, component.weights.size() == 1);
    }
    if (component.chosen)
        row.chosen = static_cast<int>(*component.chosen);
    return row;
}

void addComponents(const ExportPlan& plan, ArchiveDigest& into) {
    struct Held {
        std::uint64_t tensors = 0, files = 0;
    };
    std::map<std::string_view, Held> held;
    for (const auto& entry : plan.entries) {
        Held& owner = held[ownerOf(entry.name)];
        owner.tensors += entry.tensors.size();
        ++owner.files;
    }
    for (const ExportComponent& component : plan.components) {
        if (component.absent)
            continue;
        ComponentRow row = rowOf(component);
        const Held& holds = held[component.name];
        row.holds = holds.tensors > 0
                        ? counted(holds.tensors, QT_TR_NOOP("1 tensor"), QT_TR_NOOP("%1 tensors"))
                    : holds.files > 0 ? counted(holds.files, QT_TR_NOOP("1 file"), QT_TR_NOOP("%1 files"))
                                      : QString();
        into.hasPickles =
            into.hasPickles || (!component.weights.empty() &&
                                std::ranges::all_of(component.weights, &convert::ExportWeights::pickled));
        into.components.push_back(std::move(row));
    }
    // The largest first: these are what one decides about.
    std::stable_sort(into.components.begin(), into.components.end(),
                     [](const ComponentRow& a, const ComponentRow& b) { return a.bytes > b.bytes; });
}

QString aboutExport(const ExportPlan& plan, const ArchiveDigest& digest) {
    std::uint64_t bytes = digest.shown->leftOutBytes;
    for (const auto& entry : plan.entries)
        bytes += entry.bytes;
    QStringList texts{tr("diffusers folder")};
    if (!plan.className.empty())
        texts << style::plain(plan.className, 80);
    texts << counted(digest.components.size(), QT_TR_NOOP("1 component"), QT_TR_NOOP("%1 components"))
          << tr("%1 with everything in it").arg(style::bytesText(bytes));
    return texts.join(QStringLiteral(", "));
}

void addReaders(const ExportPlan& plan, ArchiveDigest& into) {
    using Card = VerdictCards::Card;
    into.readers.push_back(
        {Card::State::Opens, QStringLiteral("Shardlens"), tr("valid"),
         tr("%1, data aligned to 64 bytes and more")
             .arg(counted(plan.entries.size(), QT_TR_NOOP("1 entry"), QT_TR_NOOP("%1 entries")))});
    for (const Verdict& verdict : convert::expectedReaders(plan))
        into.readers.push_back(
            {verdict.opens ? Card::State::Opens : Card::State::OpensWithNotes, style::plain(verdict.reader),
             verdict.opens ? tr("will open it") : tr("will refuse it"),
             verdict.opens ? tr("all names and folders as it expects") : style::plain(verdict.reason)});
}

/// Components and root files of an archive, in its order.
std::vector<ComponentRow> rowsOf(const Plan& whole) {
    std::vector<ComponentRow> rows;
    std::map<std::string_view, std::size_t> known;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> held; // tensors, files
    for (const auto& file : whole.files) {
        const auto owner = ownerOf(file.path);
        const auto [place, isNew] = known.emplace(owner, rows.size());
        if (isNew) {
            rows.emplace_back().name = std::string(owner);
            held.emplace_back();
        }
        rows[place->second].bytes += file.bytes;
        held[place->second].first += file.tensors.size();
        ++held[place->second].second;
    }
    for (std::size_t i = 0; i != rows.size(); ++i)
        rows[i].holds = held[i].first > 0
                            ? counted(held[i].first, QT_TR_NOOP("1 tensor"), QT_TR_NOOP("%1 tensors"))
                            : counted(held[i].second, QT_TR_NOOP("1 file"), QT_TR_NOOP("%1 files"));
    return rows;
}

Result<Plan> planned(const UnpackOptions& options, const JobContext& context) {
    SHARDLENS_TRY(Plan plan, convert::planUnpack(options, context));
    if (!plan.blocked() && !options.output.empty()) {
        SHARDLENS_TRY(const Findings found, convert::checkUnpack(plan, options, context));
        plan.notes.insert(plan.notes.end(), found.begin(), found.end());
    }
    return plan;
}

} // namespace

Result<ArchiveDigestPtr> digestExport(const ExportOptions& options, const JobContext& context) {
    SHARDLENS_TRY(ExportPlan plan, convert::planExport(options, context));
    if (!plan.blocked() && !options.output.empty()) {
        SHARDLENS_TRY(const Findings found, convert::checkExport(plan, options, context));
        plan.write.notes.insert(plan.write.notes.end(), found.begin(), found.end());
    }
    auto digest = std::make_shared<ArchiveDigest>();
    digest->exportOptions = options;
    digest->exportPlan = std::make_shared<const ExportPlan>(std::move(plan));
    const ExportPlan& kept = *digest->exportPlan;
    SHARDLENS_TRY(const auto shown, condensePlan({digest->exportPlan, &kept.write},
                                                 target(options.output, options.force), nullptr, context));
    addLeftOut(kept.write, *shown);
    digest->shown = shown;
    addComponents(kept, *digest);
    for (const auto& variant : kept.variants)
        digest->variants << QString::fromStdString(variant);
    digest->about = aboutExport(kept, *digest);
    if (!digest->blocked())
        addReaders(kept, *digest);
    return digest;
}

Result<ArchiveDigestPtr> digestUnpack(const UnpackOptions& options, const JobContext& context) {
    UnpackOptions everything = options;
    everything.include.clear();
    SHARDLENS_TRY(Plan whole, planned(everything, context));
    auto digest = std::make_shared<ArchiveDigest>();
    digest->unpackOptions = options;
    digest->components = rowsOf(whole);
    for (ComponentRow& row : digest->components)
        row.included =
            options.include.empty() || std::ranges::find(options.include, row.name) != options.include.end();
    std::uint64_t bytes = 0;
    for (const auto& file : whole.files)
        bytes += file.bytes;
    digest->about = tr("DDUF archive, %1, %2")
                        .arg(counted(whole.files.size(), QT_TR_NOOP("1 entry"), QT_TR_NOOP("%1 entries")),
                             style::bytesText(bytes));
    if (!options.include.empty()) {
        SHARDLENS_TRY(whole, planned(options, context));
    }
    SHARDLENS_TRY(const auto shown, condensePlan(std::make_shared<const Plan>(std::move(whole)),
                                                 target(options.output, options.force), nullptr, context));
    addLeftOut(*shown->plan, *shown);
    digest->shown = shown;
    return digest;
}

QByteArray planAsJson(const ArchiveDigest& digest) {
    const std::string text = digest.exportPlan
                                 ? convert::planDocument(digest.exportPlan->listing(), "dduf export")
                                 : convert::planDocument(*digest.shown->plan, "dduf unpack");
    return QByteArray::fromStdString(text);
}

} // namespace shardlens::ui
