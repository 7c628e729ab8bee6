// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/more_options.h"

#include "convert/renamer.h"
#include "ui/document/paths.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"
#include "ui/style/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QUrl>

#include <unordered_set>

namespace shardlens::ui {

namespace {

/// Lines `A=B`, split at the first `=` that no backslash escapes.
std::vector<std::pair<std::string, std::string>> pairs(const QString& text) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const QString& each : text.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        qsizetype at = -1;
        for (qsizetype index = 0; index < each.size() && at < 0; ++index) {
            if (each[index] == QLatin1Char('\\'))
                ++index;
            else if (each[index] == QLatin1Char('='))
                at = index;
        }
        if (at > 0)
            found.emplace_back(each.left(at).toStdString(), each.mid(at + 1).toStdString());
    }
    return found;
}

QStringList words(const QLineEdit* edit) {
    return edit->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace

PathField::PathField(const QString& name, Kind kind, QWidget* parent)
    : QWidget(parent)
    , m_edit(new QLineEdit) {
    setAcceptDrops(true);
    m_edit->setAcceptDrops(false);
    m_edit->setAccessibleName(name);
    setFocusProxy(m_edit);
    auto* browse = new QPushButton(tr("Browse…"));
    browse->setAccessibleName(tr("Browse for: %1").arg(name));
    browse->setAutoDefault(false);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(3, 3, 3, 3); // room for the outline of a drop target
    row->addWidget(m_edit, 1);
    row->addWidget(browse);
    connect(m_edit, &QLineEdit::textChanged, this, &PathField::changed);
    connect(browse, &QPushButton::clicked, this, [this, name, kind] {
        auto* dialog = new QFileDialog(this, name, m_edit->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(kind == Kind::Folder ? QFileDialog::Directory
                            : kind == Kind::File ? QFileDialog::ExistingFile
                                                 : QFileDialog::AnyFile);
        if (kind == Kind::NewFile) {
            dialog->setAcceptMode(QFileDialog::AcceptSave);
            dialog->setOption(QFileDialog::DontConfirmOverwrite); // the plan asks
        }
        connect(dialog, &QFileDialog::fileSelected, m_edit, &QLineEdit::setText);
        dialog->open();
    });
}

QString PathField::path() const {
    return m_edit->text().trimmed();
}

void PathField::setPath(const QString& path) {
    m_edit->setText(path);
}

void PathField::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.isEmpty() || !urls.front().isLocalFile())
        return;
    setTarget(true);
    event->acceptProposedAction();
}

void PathField::dragLeaveEvent(QDragLeaveEvent*) {
    setTarget(false);
}

void PathField::setTarget(bool target) {
    m_target = target;
    update();
}

void PathField::paintEvent(QPaintEvent*) {
    if (!m_target)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(style::Theme(palette()).accent, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

void PathField::dropEvent(QDropEvent* event) {
    setTarget(false);
    setPath(event->mimeData()->urls().front().toLocalFile());
    event->acceptProposedAction();
}

MoreOptions::MoreOptions(QWidget* parent) : QWidget(parent) {
    m_form = new QFormLayout(this);
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setHorizontalSpacing(14);
    m_form->setVerticalSpacing(6);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto checkBox = [this](const QString& text, bool on) {
        auto* box = new QCheckBox(text);
        box->setChecked(on);
        connect(box, &QCheckBox::toggled, this, &MoreOptions::changed);
        return box;
    };
    const auto pathField = [this](const QString& label, PathField::Kind kind) {
        auto* field = new PathField(label, kind);
        connect(field, &PathField::changed, this, &MoreOptions::changed);
        m_form->addRow(label, field);
        return field;
    };

    m_include = line(tr("Only what matches"), tr("a filter, such as model. -bias"));
    m_exclude = line(tr("Without what matches"), tr("a filter, such as dtype:i64"));
    m_excludedRow = new QWidget;
    auto* excluded = new QHBoxLayout(m_excludedRow);
    excluded->setContentsMargins(0, 0, 0, 0);
    auto* count = new style::QuietLabel;
    auto* restore = new style::LinkButton(tr("Take them in again"));
    restore->setAutoDefault(false);
    excluded->addWidget(count);
    excluded->addWidget(restore);
    excluded->addStretch(1);
    connect(this, &MoreOptions::changed, count, [this, count] {
        QStringList texts;
        if (!m_excluded.empty())
            texts << tr("%1 excluded by name").arg(style::grouped(m_excluded.size()));
        for (const std::string& filter : m_excludedFilters)
            texts << tr("without %1").arg(style::plain(filter, 60));
        count->setText(texts.join(QStringLiteral(", ")));
        m_form->setRowVisible(m_excludedRow, !texts.isEmpty());
    });
    connect(restore, &QPushButton::clicked, this, [this] {
        m_excluded.clear();
        m_excludedFilters.clear();
        emit changed();
    });
    m_form->addRow(QString(), m_excludedRow);
    m_form->setRowVisible(m_excludedRow, false);
    m_prefix = line(tr("Strip prefix"), tr("such as model. or module. _orig_mod., cut off in this order"));
    m_renames = lines(tr("Rename"), tr("REGEX=REPLACEMENT, one a line; the first that matches renames"));
    m_like = pathField(tr("Same layout as"), PathField::Kind::Folder);
    m_like->setToolTip(
        tr("A checkpoint, index or map whose names, order and files are copied; drag one here"));
    m_likeRenames =
        lines(tr("Its names are renamed"), tr("REGEX=REPLACEMENT, one a line, for the layout's names"));
    m_map = pathField(tr("Map of files"), PathField::Kind::File);
    m_pattern = line(tr("Names of files"), QStringLiteral("model{suffix}.safetensors"));
    m_keepDType = line(tr("Cast, but not"), tr("a filter, such as norm"));
    m_tied = new QComboBox;
    m_tied->addItem(tr("one copy, the other names recorded"), static_cast<int>(convert::Tied::Keep));
    m_tied->addItem(tr("a copy for each name"), static_cast<int>(convert::Tied::Duplicate));
    connect(m_tied, &QComboBox::currentIndexChanged, this, &MoreOptions::changed);
    m_form->addRow(tr("Tied weights"), m_tied);
    m_tiedDrop = line(tr("Tied names that go"), tr("names, apart by spaces, such as lm_head.weight"));
    m_values = pathField(tr("Plain values go to"), PathField::Kind::File);
    m_metadata = lines(tr("Metadata"), tr("KEY=VALUE, one a line; format=pt is always there"));
    m_sideFiles = checkBox(tr("Copy configs and tokenizer along"), true);
    m_force = checkBox(tr("Replace earlier shards and index in the folder"), false);
    m_sync = checkBox(tr("Wait until the disk has everything"), true);
    m_form->addRow(QString(), m_sideFiles);
    m_form->addRow(QString(), m_force);
    m_form->addRow(QString(), m_sync);
}

QLineEdit* MoreOptions::line(const QString& label, const QString& hint) {
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(hint);
    edit->setAccessibleName(label);
    edit->setAcceptDrops(false); // a dropped file is a layout, not a text
    connect(edit, &QLineEdit::textChanged, this, &MoreOptions::changed);
    m_form->addRow(label, edit);
    return edit;
}

QPlainTextEdit* MoreOptions::lines(const QString& label, const QString& hint) {
    auto* edit = new QPlainTextEdit;
    edit->setPlaceholderText(hint);
    edit->setAccessibleName(label);
    edit->setAcceptDrops(false);
    edit->viewport()->setAcceptDrops(false);
    edit->setTabChangesFocus(true);
    edit->setFixedHeight(edit->fontMetrics().height() * 2 + 14);
    connect(edit, &QPlainTextEdit::textChanged, this, &MoreOptions::changed);
    m_form->addRow(label, edit);
    return edit;
}

void MoreOptions::fill(convert::Options& options) const {
    const auto add = [](std::vector<std::string>& to, const QLineEdit* from) {
        if (const QString text = from->text().trimmed(); !text.isEmpty())
            to.push_back(text.toStdString());
    };
    add(options.include, m_include);
    add(options.exclude, m_exclude);
    for (const QString& word : words(m_prefix))
        options.stripPrefixes.push_back(word.toStdString());
    for (const QString& word : words(m_tiedDrop))
        options.tiedDrop.push_back(word.toStdString());
    options.exclude.insert(options.exclude.end(), m_excludedFilters.begin(), m_excludedFilters.end());
    options.likeRenames = pairs(m_likeRenames->toPlainText());
    if (!options.valuesFile.empty() && !m_values->path().isEmpty())
        options.valuesFile = toPath(m_values->path());
    add(options.keepDType, m_keepDType);
    options.excludeNames = m_excluded;
    options.renames = pairs(m_renames->toPlainText());
    options.metadata = pairs(m_metadata->toPlainText());
    options.like = toPath(m_like->path());
    options.mapFile = toPath(m_map->path());
    options.namePattern = m_pattern->text().trimmed().toStdString();
    options.tied = static_cast<convert::Tied>(m_tied->currentData().toInt());
    options.sideFiles = m_sideFiles->isChecked();
    options.force = m_force->isChecked();
    options.sync = m_sync->isChecked();
}

void MoreOptions::exclude(const std::vector<std::string>& names) {
    const std::unordered_set<std::string> known(m_excluded.begin(), m_excluded.end());
    for (const std::string& name : names)
        if (!known.contains(name))
            m_excluded.push_back(name);
    emit changed();
}

void MoreOptions::setForce(bool force) {
    m_force->setChecked(force);
}

void MoreOptions::setLike(const QString& path) {
    m_like->setPath(path);
}

void MoreOptions::take(const convert::Suggestion& suggestion) {
    QSignalBlocker quiet(this);
    m_excludedFilters.insert(m_excludedFilters.end(), suggestion.exclude.begin(), suggestion.exclude.end());
    QStringList prefixes = words(m_prefix);
    for (const std::string& prefix : suggestion.stripPrefixes)
        prefixes << QString::fromStdString(prefix);
    m_prefix->setText(prefixes.join(QLatin1Char(' ')));
    QString renames = m_renames->toPlainText();
    for (const auto& rename : suggestion.renames)
        renames +=
            (renames.isEmpty() || renames.endsWith(QLatin1Char('\n')) ? QString() : QStringLiteral("\n")) +
            QString::fromStdString(convert::renameOption(rename));
    m_renames->setPlainText(renames);
    quiet.unblock();
    emit changed();
}

QString MoreOptions::problem() const {
    for (const QPlainTextEdit* edit : {m_renames, m_likeRenames, m_metadata})
        for (const QString& line : edit->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts))
            if (pairs(line).empty())
                return tr("%1: \"%2\" has no = between its two halves.")
                    .arg(edit->accessibleName(), style::plain(line.toStdString(), 80));
    return {};
}

} // namespace shardlens::ui
