// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/consolidate_dialog.h"

#include "base/units.h"
#include "convert/convert.h"
#include "ui/dialogs/command_box.h"
#include "ui/dialogs/conversion_job.h"
#include "ui/dialogs/disk_line.h"
#include "ui/dialogs/left_out_model.h"
#include "ui/dialogs/more_options.h"
#include "ui/dialogs/plan_files_model.h"
#include "ui/dialogs/plan_notes.h"
#include "ui/dialogs/plan_saver.h"
#include "ui/document/paths.h"
#include "ui/jobs/job_list.h"
#include "ui/settings/settings.h"
#include "ui/shell/drop_controller.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLayout>
#include <QPushButton>
#include <QTableView>

namespace shardlens::ui {

namespace {

constexpr int DebounceMs = 150;

std::string valuesBeside(const std::string& target) {
    constexpr std::string_view Suffix = ".safetensors";
    return (target.ends_with(Suffix) ? target.substr(0, target.size() - Suffix.size()) : target) +
           "-values.json";
}

} // namespace

ConsolidateDialog::ConsolidateDialog(const Services& services, CheckpointPtr source, const QString& path,
                                     const QString& target, QWidget* parent)
    : QDialog(parent)
    , m_services(services)
    , m_source(std::move(source))
    , m_path(path)
    , m_saver(new PlanSaver(services, this)) {
    build(target);
    m_debounce.setSingleShot(true);
    m_debounce.setInterval(DebounceMs);
    connect(&m_debounce, &QTimer::timeout, this, &ConsolidateDialog::plan);
    connectChoices();
    plan();
}

convert::Options ConsolidateDialog::options() const {
    convert::Options options;
    options.output = toPath(QDir::cleanPath(m_target->path()));
    if (m_target->path().isEmpty())
        options.output.clear();
    const QString size = m_shards->currentText().trimmed();
    if (m_shards->findText(size) == SingleFile)
        options.singleFile = true;
    else if (m_shards->findText(size) != Recorded)
        options.maxShardSize = parseBytes(QString(size).remove(QLatin1Char(' ')).toStdString());
    options.cast = static_cast<convert::Cast>(m_cast->currentData().toInt());
    options.verify = static_cast<convert::Verify>(m_verify->currentData().toInt());
    options.dropOptimizer = m_dropOptimizer->isChecked();
    // Beside the target: within it, it would stand in the way of the one rename that publishes.
    if (m_values->isChecked() && !options.output.empty())
        options.valuesFile = valuesBeside(options.output);
    m_more->fill(options);
    return options;
}

QString ConsolidateDialog::problemOfChoices() const {
    if (m_target->path().isEmpty())
        return tr("Choose the folder to write to.");
    const QString size = m_shards->currentText().trimmed();
    const bool listed = m_shards->findText(size) >= 0;
    const auto bytes = parseBytes(QString(size).remove(QLatin1Char(' ')).toStdString());
    if (!listed && (!bytes || *bytes == 0))
        return tr("\"%1\" is no size of a file; such as 5 GB or 500 MiB.").arg(size);
    return m_more->problem();
}

QString ConsolidateDialog::command() const {
    const CheckpointFacts& facts = m_source->facts();
    const auto chosen = [](const std::string& name, const std::vector<std::string>& others) {
        return others.empty() ? std::string() : name;
    };
    return QString::fromStdString(convert::asCommand(toPath(m_path), options(),
                                                     chosen(facts.part, facts.otherParts),
                                                     chosen(facts.variant, facts.otherVariants)));
}

void ConsolidateDialog::changed() {
    m_start->setEnabled(false);
    m_command->setCommand(command());
    m_debounce.start();
}

void ConsolidateDialog::plan() {
    m_debounce.stop();
    m_command->setCommand(command());
    m_start->setEnabled(false);
    if (const QString problem = problemOfChoices(); !problem.isEmpty()) {
        m_planning.reset();
        m_digest.reset();
        m_notes->setProblem(problem);
        return;
    }
    m_planning.emplace(m_services.runner->run<Result<PlanDigestPtr>>(
        [source = m_source, options = options()](const JobContext& context) {
            return digestPlan(source, options, context);
        }));
    m_planning->then([this](const Result<PlanDigestPtr>& result) {
        m_planning.reset();
        if (result)
            become(*result);
        else
            fail(result.error());
        emit planned();
    });
}

void ConsolidateDialog::become(const PlanDigestPtr& digest) {
    m_digest = digest;
    m_files->setDigest(digest);
    m_leftOut->setDigest(digest);
    m_notes->setDigest(digest);
    m_disk->setDigest(digest);
    showPlanLine();
    showOffers();
    m_leftOutBox->setVisible(!digest->leftOut.empty());
    m_start->setEnabled(!digest->blocked());
    m_save->setEnabled(true);
}

void ConsolidateDialog::fail(const Error& error) {
    m_digest.reset();
    m_notes->setError(error);
    m_save->setEnabled(false);
}

void ConsolidateDialog::showPlanLine() {
    const PlanDigest& digest = *m_digest;
    QStringList texts;
    const QString files =
        digest.weightFiles == 1 ? tr("1 file") : tr("%1 files").arg(style::grouped(digest.weightFiles));
    texts << (digest.hasIndex ? tr("%1 and an index").arg(files) : files)
          << (digest.tensors == 1 ? tr("1 tensor") : tr("%1 tensors").arg(style::grouped(digest.tensors)))
          << style::bytesText(digest.bytes);
    if (digest.parameters > 0) // a blocked plan has no pieces to count
        texts.insert(2, style::parametersText(digest.parameters));
    const std::size_t casts = digest.plan->cast.size(), renames = digest.plan->renamed.size();
    texts << (casts == 0 ? tr("no casts") : tr("%1 cast").arg(style::grouped(casts)))
          << (renames == 0 ? tr("no renames") : tr("%1 renamed").arg(style::grouped(renames)));
    m_planLine->setText(texts.join(QStringLiteral(", ")));
    QString renamed;
    for (std::size_t index = 0; index < std::min<std::size_t>(renames, 12); ++index)
        renamed += style::plain(digest.plan->renamed[index].first) + QStringLiteral(" → ") +
                   style::plain(digest.plan->renamed[index].second) + QLatin1Char('\n');
    m_planLine->setToolTip(renamed.isEmpty() ? QString() : style::toolTip(renamed.trimmed()));

    QStringList left;
    if (digest.leftOutTensors > 0)
        left << (digest.leftOutTensors == 1 ? tr("1 tensor")
                                            : tr("%1 tensors").arg(style::grouped(digest.leftOutTensors)));
    if (digest.leftOutValues > 0)
        left << (digest.leftOutValues == 1 ? tr("1 value")
                                           : tr("%1 values").arg(style::grouped(digest.leftOutValues)));
    if (digest.leftOutBytes > 0)
        left << style::bytesText(digest.leftOutBytes);
    m_leftOutLine->setText(left.join(QStringLiteral(", ")));
}

void ConsolidateDialog::showOffers() {
    for (QWidget* old : m_offers->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
        delete old;
    for (const convert::Suggestion& suggestion : m_digest->suggestions) {
        auto* offer = new style::LinkButton(suggestionText(suggestion));
        offer->setAutoDefault(false);
        QStringList tip{style::plain(suggestion.asArguments(), 400)};
        if (suggestion.leftOut > 0)
            tip.prepend(
                tr("%1 tensors are left out, %2")
                    .arg(style::grouped(suggestion.leftOut), style::bytesText(suggestion.leftOutBytes)));
        offer->setToolTip(style::toolTip(tip.join(QLatin1Char('\n'))));
        connect(offer, &QPushButton::clicked, this, [this, suggestion] { take(suggestion); });
        m_offers->layout()->addWidget(offer);
    }
    m_offers->setVisible(!m_digest->suggestions.empty());
}

std::vector<QAbstractButton*> ConsolidateDialog::offers() const {
    const auto found = m_offers->findChildren<QAbstractButton*>();
    return {found.begin(), found.end()};
}

void ConsolidateDialog::take(const convert::Suggestion& suggestion) {
    if (suggestion.dropOptimizer)
        m_dropOptimizer->setChecked(true);
    m_more->take(convert::Suggestion(suggestion)); // the button that holds it goes with the next plan
}

void ConsolidateDialog::dragEnterEvent(QDragEnterEvent* event) {
    if (localPaths(event->mimeData()).size() != 1)
        return;
    m_fold->setChecked(true);
    m_more->like()->setTarget(true);
    event->acceptProposedAction();
}

void ConsolidateDialog::dragLeaveEvent(QDragLeaveEvent*) {
    m_more->like()->setTarget(false);
}

void ConsolidateDialog::dropEvent(QDropEvent* event) {
    m_more->like()->setTarget(false);
    const QStringList paths = localPaths(event->mimeData());
    if (paths.size() != 1)
        return;
    m_more->setLike(paths.front());
    event->acceptProposedAction();
}

void ConsolidateDialog::start() {
    if (!m_digest || m_digest->blocked() || !isSettled())
        return;
    const convert::Options& options = m_digest->options;
    const QString title = tr("Consolidate %1 → %2")
                              .arg(style::plain(m_source->facts().name),
                                   style::plain(toPath(lastPart(fromPath(options.output)))));
    auto work = conversionWork(m_digest->plan, options, m_path);
    const unsigned threads = m_services.settings->threads();
    const std::uint64_t memory = m_services.settings->memory();
    const int job =
        m_services.jobs->add(title, [work = std::move(work), threads, memory](const JobContext& given) {
            JobContext context = given;
            context.threads = threads;
            context.memory = memory;
            return work(context);
        });
    emit started(job);
    accept();
}

} // namespace shardlens::ui
