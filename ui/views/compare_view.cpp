// SPDX-License-Identifier: Apache-2.0
#include "ui/views/compare_view.h"

#include "convert/compare_call.h"
#include "convert/renamer.h"
#include "ui/dialogs/command_box.h"
#include "ui/document/paths.h"
#include "ui/jobs/job_row.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"
#include "ui/views/compare_bar.h"
#include "ui/views/compare_detail.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/table.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStackedWidget>

#include <cmath>

namespace shardlens::ui {

namespace {

/// More of what is the same would push everything else out of sight.
constexpr std::size_t MostSameUnfolded = 200;

/// Lines `REGEX=REPLACEMENT`, split at the first `=` that no backslash escapes, as the command line does.
std::vector<std::pair<std::string, std::string>> renamesFrom(const QString& text) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const QString& line : text.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        for (qsizetype i = 0; i < line.size(); ++i) {
            if (line[i] == QLatin1Char('\\')) {
                ++i;
            } else if (line[i] == QLatin1Char('=')) {
                out.emplace_back(line.left(i).toStdString(), line.mid(i + 1).toStdString());
                break;
            }
        }
    }
    return out;
}

} // namespace

void CompareView::follow() {
    const CompareSide& a = m_session->a();
    const CompareSide& b = m_session->b();
    m_titleA->setText(a.title());
    m_titleB->setText(b.title());
    m_titleA->setToolTip(style::toolTip(style::plain(toPath(a.path))));
    m_titleB->setToolTip(style::toolTip(style::plain(toPath(b.path))));
    m_factsA->setText(a.facts());
    m_factsB->setText(b.facts());
    fillNames();
    const QSignalBlocker quiet(m_tolerance);
    const double tolerance = m_session->settings().tolerance;
    m_tolerance->setEditText(!m_session->settings().values ? m_tolerance->itemText(m_tolerance->count() - 1)
                             : tolerance > 0               ? QString::number(tolerance)
                                                           : m_tolerance->itemText(0));

    convert::CompareCall call;
    call.a = toPath(a.path);
    call.b = toPath(b.path);
    call.renames = m_session->settings().renames;
    call.tolerance = tolerance;
    call.values = m_session->settings().values;
    if (m_document->filter() && !m_document->filter()->matchesAll())
        call.filter = m_document->filter()->filter().text();
    m_command->setCommand(QString::fromStdString(convert::compareCommand(call)));
    if (m_session->isRunning())
        m_poll.start();
    else
        m_poll.stop();
    showProgress();
    showCounts();
    showState();
}

void CompareView::fillNames() {
    const QSignalBlocker quiet(m_names);
    const auto renames = m_session->settings().renames.size();
    m_names->clear();
    m_names->addItem(tr("compared as they are"));
    if (renames > 0)
        m_names->addItem(renames == 1 ? tr("with 1 rename") : tr("with %1 renames").arg(renames));
    m_names->addItem(tr("rename A's names…"));
    m_names->setCurrentIndex(renames > 0 ? 1 : 0);
}

void CompareView::showCounts() {
    const auto& result = m_session->result();
    std::array<std::uint64_t, CompareClassCount> counts{};
    for (std::size_t i = 0; result && i < CompareClassCount; ++i)
        counts[i] = classSize(result->comparison, static_cast<CompareClass>(i));
    m_bar->setCounts(counts);
    for (std::size_t i = 0; i < CompareClassCount; ++i)
        m_pills[i]->setCount(counts[i]);
    m_sentence->setText(sentence());
    const auto offered = result ? result->offered : std::vector<std::pair<std::string, std::string>>();
    m_offer->setVisible(!offered.empty());
    if (!offered.empty()) {
        const auto tensors = result->comparison.renamed.size();
        m_offerButton->setText(tensors == 1
                                   ? tr("1 tensor has the same bytes under another name: add the rename")
                                   : tr("%1 tensors have the same bytes under other names: add %2")
                                         .arg(style::grouped(tensors),
                                              offered.size() == 1
                                                  ? style::plain(convert::renameOption(offered.front()), 60)
                                                  : tr("%1 renames").arg(offered.size())));
    }
}

QString CompareView::sentence() const {
    return m_session->result() ? compareSentence(*m_session->result()) : QString();
}

QStringList CompareView::facts() const {
    const auto& result = m_session->result();
    if (!result)
        return {m_session->isRunning() ? tr("comparing") : tr("not compared")};
    QStringList out{tr("%1 and %2 tensors")
                        .arg(style::grouped(result->a.checkpoint->tensorCount()),
                             style::grouped(result->b.checkpoint->tensorCount()))};
    for (const CompareClass which :
         {CompareClass::Same, CompareClass::Different, CompareClass::OnlyA, CompareClass::OnlyB})
        if (const auto count = classSize(result->comparison, which); count > 0)
            out << QStringLiteral("%1 %2").arg(style::grouped(count), classWords(which));
    return out;
}

void CompareView::followRows() {
    const auto current = m_model->placeAt(m_table->currentIndex().row());
    const bool another = m_shown != m_session->result();
    {
        const QSignalBlocker quiet(m_table->selectionModel());
        m_shown = m_session->rows() ? m_session->result() : nullptr;
        m_model->setRows(m_shown, m_session->rows());
    }
    if (m_shown && another) {
        const Comparison& found = m_shown->comparison;
        m_model->setFolded(CompareClass::Same, found.same.size() > MostSameUnfolded);
        m_detail->clear();
    } else if (m_shown && current && current->item) {
        const int row = m_model->rowOf(current->which, *current->item);
        const QSignalBlocker quiet(m_table->selectionModel());
        if (row >= 0)
            m_table->setCurrentIndex(m_model->index(row, 0));
    } else if (!m_shown) {
        m_detail->clear();
    }
    m_table->viewport()->update();
    showState();
}

void CompareView::showProgress() {
    const ProgressSnapshot progress = m_session->progress();
    m_stage->setText(tr("Comparing %1 with %2").arg(m_session->a().title(), m_session->b().title()));
    m_thinBar->setShare(progress.total == 0 ? 0 : double(progress.done) / double(progress.total));
    QStringList texts;
    if (!progress.stage.empty())
        texts << style::plain(progress.stage);
    for (const QString& text : {amountText(progress), rateText(progress)})
        if (!text.isEmpty())
            texts << text;
    m_amount->setText(texts.join(QStringLiteral("   ")));
}

void CompareView::showState() {
    if (m_session->isRunning()) {
        m_pages->setCurrentWidget(m_progress);
        return;
    }
    m_empty->clearActions();
    const auto again = [this] {
        m_empty->addAction(tr("Compare again"), [this] { m_session->restart(m_session->settings()); });
    };
    if (m_session->failure()) {
        m_empty->setText(style::message(*m_session->failure()), style::advice(*m_session->failure()));
        again();
    } else if (m_session->wasCancelled()) {
        m_empty->setText(tr("The comparison was stopped"), {});
        again();
    } else if (!m_session->result()) {
        m_empty->setText(tr("Nothing is compared"),
                         tr("Choose Compare, or drop another checkpoint on the window."));
    } else if (m_model->rowCount() == 0 && m_session->rows()) {
        const bool hidden = m_document->filter() && !m_document->filter()->matchesAll();
        m_empty->setText(hidden ? tr("No tensor matches the filter") : tr("Nothing to show"),
                         hidden ? QString()
                                : tr("Every class that has tensors is hidden, or both sides are empty."));
        if (hidden)
            m_empty->addAction(tr("Clear filter"), [this] { m_document->setFilterText({}); });
        // The pills stay in sight: they are the way back.
        if (!hidden) {
            m_pages->setCurrentIndex(0);
            return;
        }
    } else {
        m_pages->setCurrentIndex(0);
        return;
    }
    m_pages->setCurrentWidget(m_empty);
}

void CompareView::pick() {
    const auto place = m_model->placeAt(m_table->currentIndex().row());
    if (!place || !place->item || !m_shown) {
        m_detail->clear();
        return;
    }
    const auto [a, b] = tensorsAt(m_shown->comparison, place->which, *place->item);
    m_session->selectInDocument(a, b);
    m_detail->show(place->which, *place->item);
}

void CompareView::toggleHeading(const QModelIndex& index) {
    const auto place = m_model->placeAt(index.row());
    if (!place || place->item)
        return;
    m_model->setFolded(place->which, !m_model->isFolded(place->which));
    m_table->setCurrentIndex(m_model->index(m_model->headingRow(place->which), 0)); // it keeps the cursor
}

void CompareView::keyPressEvent(QKeyEvent* event) {
    const auto place = m_model->placeAt(m_table->currentIndex().row());
    const bool enters = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape) {
        emit leaveRequested();
    } else if ((enters || event->key() == Qt::Key_Space) && m_table->hasFocus() && place && !place->item) {
        toggleHeading(m_table->currentIndex());
    } else if (enters && m_table->hasFocus() && place) {
        emit leaveRequested();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void CompareView::changeTolerance() {
    CompareSettings settings = m_session->settings();
    bool isNumber = false;
    const double tolerance = m_tolerance->currentText().trimmed().toDouble(&isNumber);
    settings.values = m_tolerance->currentText() != m_tolerance->itemText(m_tolerance->count() - 1);
    settings.tolerance = isNumber && std::isfinite(tolerance) && tolerance > 0 ? tolerance : 0;
    if (!(settings == m_session->settings()))
        m_session->restart(settings);
    else
        follow();
}

QString CompareView::report() const {
    const auto& result = m_session->result();
    if (!result)
        return {};
    constexpr std::uint32_t MostLines = 10'000;
    QStringList lines{tr("A: %1").arg(style::plain(toPath(result->a.path))),
                      tr("B: %1").arg(style::plain(toPath(result->b.path))), compareSentence(*result)};
    const CompareModel& model = *m_model;
    std::size_t left = 0;
    for (const CompareClass which : {CompareClass::Different, CompareClass::OnlyA, CompareClass::OnlyB}) {
        const auto size = std::uint32_t(classSize(result->comparison, which));
        for (std::uint32_t item = 0; item < size; ++item) {
            if (lines.size() > qsizetype{MostLines}) {
                left += size - item;
                break;
            }
            lines << classWords(which) + QLatin1Char('\t') + model.lineOf(which, item);
        }
    }
    if (left > 0)
        lines << tr("%1 more").arg(style::grouped(left));
    return lines.join(QLatin1Char('\n'));
}

void CompareView::copyReport() const {
    if (m_session->result())
        QGuiApplication::clipboard()->setText(report());
}

void CompareView::addRenames(const std::vector<std::pair<std::string, std::string>>& renames) {
    CompareSettings settings = m_session->settings();
    if (renames.empty())
        settings.renames.clear();
    settings.renames.insert(settings.renames.end(), renames.begin(), renames.end());
    if (!(settings == m_session->settings()))
        m_session->restart(settings);
}

void CompareView::askForRenames() {
    QStringList lines;
    for (const auto& rename : m_session->settings().renames)
        lines << QString::fromStdString(convert::renameOption(rename));
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Names of A"));
    dialog->setLabelText(
        tr("A's names as B has them: REGEX=REPLACEMENT, one a line; the first that matches renames."));
    dialog->setOption(QInputDialog::UsePlainTextEditForTextInput);
    dialog->setTextValue(lines.join(QLatin1Char('\n')));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& text) {
        CompareSettings settings = m_session->settings();
        settings.renames = renamesFrom(text);
        const auto given = text.split(QLatin1Char('\n'), Qt::SkipEmptyParts).size();
        if (settings.renames.size() != std::size_t(given)) { // nothing is dropped silently
            QMessageBox::warning(this, tr("Names of A"),
                                 tr("A line has no = between its two halves: nothing was changed."));
            fillNames();
            return;
        }
        if (!(settings == m_session->settings()))
            m_session->restart(settings);
    });
    connect(dialog, &QInputDialog::rejected, this, &CompareView::fillNames);
    dialog->open();
}

} // namespace shardlens::ui
