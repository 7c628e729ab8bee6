// SPDX-License-Identifier: Apache-2.0
#include "ui/settings/settings_dialog.h"

#include "base/limits.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QRadioButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

QLabel* heading(const QString& text) {
    auto* label = new QLabel(text);
    label->setFont(style::titleFont(label->font()));
    return label;
}

} // namespace

SettingsDialog::SettingsDialog(Settings* settings, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Preferences"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(8);

    all->addWidget(heading(tr("Appearance")));
    auto* group = new QButtonGroup(this);
    const auto choice = [&](const QString& text, Settings::Appearance appearance) {
        auto* button = new QRadioButton(text);
        button->setChecked(settings->appearance() == appearance);
        group->addButton(button, static_cast<int>(appearance));
        all->addWidget(button);
    };
    choice(tr("&As the desktop"), Settings::Appearance::Desktop);
    choice(tr("&Light"), Settings::Appearance::Light);
    choice(tr("&Dark"), Settings::Appearance::Dark);
    connect(group, &QButtonGroup::idToggled, settings, [settings](int id, bool on) {
        if (on)
            settings->setAppearance(static_cast<Settings::Appearance>(id));
    });

    all->addSpacing(12);
    all->addWidget(heading(tr("Conversions")));
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(14);
    auto* threads = new QSpinBox;
    threads->setRange(0, 256);
    threads->setSpecialValueText(tr("automatic"));
    threads->setValue(static_cast<int>(settings->threads()));
    connect(threads, &QSpinBox::valueChanged, settings,
            [settings](int value) { settings->setThreads(static_cast<unsigned>(value)); });
    form->addRow(tr("&Threads"), threads);
    auto* memory = new QSpinBox;
    memory->setRange(32, 65536);
    memory->setSingleStep(64);
    memory->setSuffix(tr(" MiB"));
    memory->setValue(static_cast<int>(settings->memory() / Limits::MiB));
    connect(memory, &QSpinBox::valueChanged, settings,
            [settings](int value) { settings->setMemory(static_cast<std::uint64_t>(value) * Limits::MiB); });
    form->addRow(tr("&Memory for buffers"), memory);
    all->addLayout(form);
    all->addWidget(new style::QuietLabel(tr("More memory helps with tensors cut by columns on slow disks.")));

    all->addSpacing(12);
    all->addStretch(1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::accept);
    all->addWidget(buttons);
}

} // namespace shardlens::ui
