// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/export_dialog.h"

#include "ui/dialogs/components_model.h"
#include "ui/dialogs/job_outcome.h"
#include "ui/document/paths.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

namespace shardlens::ui {

ExportDialog::ExportDialog(const Services& services, const QString& folder, const QString& target,
                           QWidget* parent)
    : ArchiveDialog(services, parent)
    , m_folder(folder) {
    Words words;
    words.window = tr("Export DDUF");
    words.title = tr("Export %1 as DDUF").arg(style::plain(toPath(lastPart(folder)), 80));
    words.start = tr("Export");
    words.components = tr("Components");
    words.icon = QStringLiteral("box");
    words.toFolder = false;
    build(words, target, choices());
    connect(m_variants, &QComboBox::currentIndexChanged, this, [this] {
        m_byHand.clear(); // single ones were chosen among other defaults
        changed();
    });
    connect(m_convertPickles, &QCheckBox::toggled, this, &ExportDialog::changed);
    plan();
}

QWidget* ExportDialog::choices() {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    m_variants = new QComboBox;
    m_variants->addItem(tr("plain"), QString());
    auto* label = new QLabel(tr("Weight &sets"));
    label->setBuddy(m_variants);
    m_convertPickles = new QCheckBox(tr("Convert &pickles on the way"));
    m_convertPickles->setToolTip(
        tr("Components that have pickled weights only are converted to safetensors"));
    m_convertPickles->hide();
    auto* about =
        new style::QuietLabel(tr("applies to every component that has it; change single ones below"));
    about->setElide(Qt::ElideRight);
    row->addWidget(label);
    row->addWidget(m_variants);
    row->addWidget(about, 1);
    row->addWidget(m_convertPickles);
    return box;
}

convert::ExportOptions ExportDialog::options() const {
    convert::ExportOptions options;
    options.folder = toPath(m_folder);
    options.output = targetPath();
    options.variant = m_variants->currentData().toString().toStdString();
    options.weights.assign(m_byHand.begin(), m_byHand.end());
    for (const ComponentRow& row : components()->rows())
        if (!row.included)
            options.exclude.push_back(row.name);
    options.convertPickles = m_convertPickles->isChecked();
    options.force = m_force;
    return options;
}

void ExportDialog::edited() {
    const auto& rows = components()->rows();
    for (std::size_t i = 0; digest() && i != rows.size(); ++i)
        if (rows[i].chosen != digest()->components[i].chosen)
            m_byHand[rows[i].name] = rows[i].sets[rows[i].chosen].toStdString();
    changed();
}

void ExportDialog::digested(const ArchiveDigest& digest) {
    const QSignalBlocker quiet(m_variants);
    for (const QString& variant : digest.variants)
        if (m_variants->findData(variant) < 0)
            m_variants->addItem(style::plain(variant.toStdString(), 40), variant);
    m_convertPickles->setVisible(digest.hasPickles);
}

QString ExportDialog::command() const {
    return QString::fromStdString(convert::asCommand(options()));
}

ArchiveDialog::Planning ExportDialog::planning() const {
    return [options = options()](const JobContext& context) {
        return digestExport(options, context);
    };
}

ArchiveDialog::Work ExportDialog::work(const ArchiveDigestPtr& digest) const {
    return [digest](const JobContext& context) {
        const auto done = convert::executeExport(*digest->exportPlan, digest->exportOptions, context);
        return done ? doneReport(*done) : failureReport(done.error(), false);
    };
}

QString ExportDialog::jobTitle() const {
    return tr("Export %1 → %2")
        .arg(style::plain(toPath(lastPart(m_folder))),
             style::plain(toPath(lastPart(fromPath(targetPath())))));
}

} // namespace shardlens::ui
