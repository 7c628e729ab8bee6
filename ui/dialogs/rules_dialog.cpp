// SPDX-License-Identifier: Apache-2.0
#include "catalog/rule_catalog.h"
#include "ui/dialogs/help_dialogs.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Rules", text);
}

/// Placeholders stand for what a finding will name.
QString shown(std::string_view words) {
    QString text = style::plain(words);
    for (int index = 0; index < 10; ++index)
        text.replace(QStringLiteral("{%1}").arg(index), QStringLiteral("…"));
    return text;
}

void fill(QTreeWidget* list) {
    for (const Rule* rule : allRules()) {
        auto* item = new QTreeWidgetItem(
            {style::plain(rule->id), style::severityText(rule->severity), shown(rule->sentence)});
        item->setFont(0, style::mediumFont(list->font()));
        item->setData(0, Qt::UserRole, shown(rule->advice));
        item->setToolTip(2, style::toolTip(item->text(2)));
        list->addTopLevelItem(item);
    }
}

} // namespace

void showRules(QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rules"));
    dialog->resize(860, 560);
    auto* find = new QLineEdit;
    find->setPlaceholderText(tr("Find a rule"));
    find->setAccessibleName(tr("Find a rule"));
    find->setClearButtonEnabled(true);
    auto* list = new QTreeWidget;
    list->setHeaderLabels({tr("Rule"), tr("Severity"), tr("What happened")});
    list->setRootIsDecorated(false);
    list->setUniformRowHeights(true);
    list->setAccessibleName(tr("Rules"));
    fill(list);
    list->header()->resizeSection(0, 250);
    list->header()->resizeSection(1, 80);
    auto* whole = new QLabel;
    auto* advice = new QLabel;
    for (QLabel* label : {whole, advice}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(20, 16, 20, 14);
    column->setSpacing(8);
    column->addWidget(find);
    column->addWidget(list, 1);
    column->addWidget(whole);
    column->addWidget(advice);
    column->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::accept);
    QObject::connect(list, &QTreeWidget::currentItemChanged, dialog, [whole, advice](QTreeWidgetItem* item) {
        whole->setText(item ? item->text(2) : QString());
        advice->setText(item ? tr("What to do: %1").arg(item->data(0, Qt::UserRole).toString()) : QString());
    });
    QObject::connect(find, &QLineEdit::textChanged, list, [list](const QString& text) {
        for (int row = 0; row < list->topLevelItemCount(); ++row) {
            QTreeWidgetItem* item = list->topLevelItem(row);
            item->setHidden(!item->text(0).contains(text, Qt::CaseInsensitive) &&
                            !item->text(2).contains(text, Qt::CaseInsensitive));
        }
    });
    list->setCurrentItem(list->topLevelItem(0));
    dialog->open();
}

} // namespace shardlens::ui
