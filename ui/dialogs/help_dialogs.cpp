// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/help_dialogs.h"

#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QIcon>
#include <QLabel>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Help", text);
}

QLabel* text(const QString& words) {
    auto* label = new QLabel(words);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

QVBoxLayout* begin(QDialog* dialog, const QString& title) {
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(10);
    return column;
}

void end(QDialog* dialog, QVBoxLayout* column) {
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::accept);
    column->addStretch(1);
    column->addWidget(buttons);
    dialog->open();
}

} // namespace

void showAbout(QWidget* parent) {
    auto* dialog = new QDialog(parent);
    QVBoxLayout* column = begin(dialog, tr("About Shardlens"));
    auto* head = new QHBoxLayout;
    auto* sign = new QLabel;
    sign->setPixmap(QIcon(QStringLiteral(":/shardlens/icons/shardlens.svg")).pixmap(56));
    auto* name = new QLabel(tr("Shardlens %1").arg(QStringLiteral(SHARDLENS_VERSION)));
    name->setFont(style::titleFont(name->font()));
    head->addWidget(sign);
    head->addSpacing(10);
    head->addWidget(name, 1);
    column->addLayout(head);
    column->addWidget(
        text(tr("Looks into machine-learning checkpoints, shows how they are sharded, and converts "
                "them to safetensors. It never runs what it reads and never writes to its inputs.")));
    column->addWidget(
        new style::QuietLabel(tr("Apache License 2.0   ·   Qt %1").arg(QString::fromLatin1(qVersion()))));
    dialog->setMinimumWidth(440);
    end(dialog, column);
}

void showFormats(QWidget* parent) {
    auto* dialog = new QDialog(parent);
    QVBoxLayout* column = begin(dialog, tr("Formats"));
    auto* title = new QLabel(tr("What can be opened"));
    title->setFont(style::titleFont(title->font()));
    column->addWidget(title);
    const std::pair<QString, QString> rows[] = {
        {tr("safetensors"),
         tr("One file, a folder or an index of shards, with or without an index, and variants.")},
        {tr("safetensors slices"),
         tr("What PyTorch's distributed checkpoints write for Hugging Face, with or without "
            "their consolidated result.")},
        {tr("PyTorch DCP"), tr("Folders with .metadata and .distcp files of every PyTorch since 1.13.")},
        {tr("torch.save"),
         tr("Files .pt, .pth, .bin and .ckpt, alone or as shards of an index. Pickles are read as data and "
            "never run.")}};
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(18);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const auto& [name, about] : rows) {
        auto* label = new QLabel(name);
        label->setFont(style::mediumFont(label->font()));
        grid->addWidget(label, row, 0, Qt::AlignTop);
        grid->addWidget(text(about), row++, 1);
    }
    column->addLayout(grid);
    column->addSpacing(6);
    auto* written = new QLabel(tr("What is written"));
    written->setFont(style::titleFont(written->font()));
    column->addWidget(written);
    column->addWidget(
        text(tr("safetensors alone: one file, or shards with an index as Hugging Face writes them. "
                "Pickles are never written, since opening one can run code.")));
    dialog->setMinimumWidth(560);
    end(dialog, column);
}

} // namespace shardlens::ui
