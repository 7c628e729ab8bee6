// SPDX-License-Identifier: Apache-2.0
#include "ui/views/files_view.h"

#include "ui/style/icons.h"
#include "ui/style/text.h"
#include "ui/views/maps/file_lens.h"
#include "ui/views/maps/file_strips.h"
#include "ui/views/parts/legend.h"
#include "ui/views/parts/table.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QScopedValueRollback>
#include <QSlider>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

namespace {

constexpr int ZoomSteps = 1000; ///< of the slider, from all bytes to sixteen, each the same factor
constexpr double LensTimes = 16;

} // namespace

FilesView::FilesView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_model(new FilesModel(this))
    , m_table(new Table(this))
    , m_strips(new FileStrips(document->runner(), this))
    , m_lens(new FileLens(this))
    , m_legend(new Legend(this))
    , m_zoom(new QSlider(Qt::Horizontal, this))
    , m_scale(new QLabel(this)) {
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Files"));
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* upper = new QWidget(this);
    auto* maps = new QVBoxLayout(upper);
    maps->setContentsMargins(0, 0, 0, 0);
    maps->setSpacing(0);
    maps->addWidget(makeBar());
    maps->addWidget(m_strips, 1);
    maps->addWidget(m_lens);
    maps->addWidget(m_legend);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(upper);
    splitter->addWidget(m_table);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({460, 110});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);
    setFocusProxy(m_strips);
    auto* copy = new QAction(tr("Copy Name"), m_table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(copy);
    connect(copy, &QAction::triggered, this, [this] {
        const auto file = m_model->fileAt(m_table->currentIndex().row());
        if (file.valid())
            QGuiApplication::clipboard()->setText(
                QString::fromStdString(m_document->checkpoint()->file(file).path));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) { pickFile(m_model->fileAt(index.row())); });
    connect(m_strips, &FileStrips::filePicked, this, &FilesView::pickFile);
    connect(m_strips, &FileStrips::tensorPicked, this,
            [this](TensorId tensor) { m_document->selection()->select(SelectedItem::tensor(tensor)); });
    connect(m_strips, &FileStrips::entryPicked, this,
            [this](EntryId entry) { m_document->selection()->select(SelectedItem::entry(entry)); });
    connect(m_strips, &FileStrips::pointed, this, &FilesView::moveLens);
    connect(m_strips, &FileStrips::mapsArrived, this, [this] {
        if (m_lens->picture())
            return;
        if (m_strips->currentFile().valid())
            return moveLens(m_strips->currentFile(), m_strips->cursor());
        for (int row = 0; row < m_model->rowCount(); ++row) // something to read before anybody points
            if (const auto picture = m_strips->pictureOf(m_model->fileAt(row));
                picture && std::ranges::any_of(picture->map.segments, [](const FileSegment& segment) {
                    return segment.kind == FileSegment::Kind::Slice;
                }))
                return moveLens(m_model->fileAt(row), 0);
    });
    connect(m_lens, &FileLens::stepped, m_strips, &FileStrips::stepSegment);
    connect(m_lens, &FileLens::segmentPicked, this,
            [this](const FileSegment& segment) { m_strips->pick(m_lens->picture()->map.file, segment); });
    connect(m_strips, &FileStrips::viewChanged, this, &FilesView::showView);
    connect(m_zoom, &QSlider::valueChanged, this, [this](int step) {
        if (m_updating)
            return;
        const double whole = double(m_strips->longest()),
                     shown = whole / std::pow(whole / 16, step / double(ZoomSteps));
        m_strips->zoom(double(m_strips->view().size()) / shown);
    });
    connect(m_document, &Document::checkpointChanged, this, &FilesView::becomeCheckpoint);
    connect(m_document->selection(), &Selection::changed, this, &FilesView::followSelection);
    becomeCheckpoint();
}

FilesView::~FilesView() = default;

QWidget* FilesView::makeBar() {
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 6, 8, 6);
    row->setSpacing(6);
    row->addWidget(new QLabel(tr("Zoom"), bar));
    const auto button = [&](QStringView icon, const QString& name, auto act) {
        auto* made = new QToolButton(bar);
        made->setIcon(style::icon(icon));
        made->setAutoRaise(true);
        made->setToolTip(name);
        made->setAccessibleName(name);
        connect(made, &QToolButton::clicked, this, act);
        row->addWidget(made);
    };
    button(u"zoom-out", tr("Zoom out"), [this] { m_strips->zoom(1 / 1.6); });
    m_zoom->setRange(0, ZoomSteps);
    m_zoom->setPageStep(ZoomSteps / 10);
    m_zoom->setMaximumWidth(140);
    m_zoom->setAccessibleName(tr("Zoom"));
    row->addWidget(m_zoom);
    button(u"zoom-in", tr("Zoom in"), [this] { m_strips->zoom(1.6); });
    button(u"expand", tr("Show all"), [this] { m_strips->showAll(); });
    row->addWidget(m_scale);
    row->addStretch();
    auto* colours = new QComboBox(bar);
    for (const auto mode : {ColorMode::Role, ColorMode::DType, ColorMode::Branch, ColorMode::Finding})
        colours->addItem(colorModeTitle(mode), int(mode));
    colours->setAccessibleName(tr("Colour by"));
    auto* label = new QLabel(tr("Colour"), bar);
    label->setBuddy(colours);
    row->addWidget(label);
    row->addWidget(colours);
    connect(colours, &QComboBox::activated, this, [this, colours] {
        m_strips->setColorMode(static_cast<ColorMode>(colours->currentData().toInt()));
        m_lens->setSource(m_document->names(), m_marks, m_strips->colorMode());
        m_legend->setItems(m_strips->legend());
    });
    return bar;
}

void FilesView::becomeCheckpoint() {
    m_deriving.reset();
    const auto names = m_document->names();
    {
        const QScopedValueRollback updating(m_updating, true);
        m_model->setCheckpoint(m_document->checkpoint());
    }
    m_table->fitColumns(FilesModel::Name);
    m_strips->setMaps(nullptr, nullptr, {});
    m_marks = nullptr;
    m_lens->setSource(nullptr, nullptr, m_strips->colorMode());
    if (!names)
        return;
    m_deriving =
        m_document->runner()->run<Result<Derived>>([names](const JobContext& context) -> Result<Derived> {
            Derived derived;
            SHARDLENS_TRY(derived.sums, sumFiles(*names->checkpoint(), context));
            SHARDLENS_TRY(derived.maps, FileMaps::build(names->checkpoint(), context));
            SHARDLENS_TRY(derived.marks, FindingMarks::build(*names, context));
            return derived;
        });
    m_deriving->then([this, names](const Result<Derived>& derived) {
        if (!derived)
            return;
        m_model->setSums(derived->sums);
        m_table->fitColumns(FilesModel::Name);
        m_table->viewport()->update();
        std::vector<FileId> order;
        for (int row = 0; row < m_model->rowCount(); ++row)
            order.push_back(m_model->fileAt(row));
        // What nothing names comes last.
        std::ranges::stable_partition(order, [&](FileId file) {
            return derived->maps->names(file) || names->checkpoint()->file(file).missing;
        });
        m_marks = derived->marks;
        m_lens->setSource(names, m_marks, m_strips->colorMode());
        m_strips->setMaps(names, derived->maps, std::move(order));
        m_strips->setMarks(derived->marks);
        m_legend->setItems(m_strips->legend());
        followSelection();
    });
}

void FilesView::moveLens(FileId file, quint64 byte) {
    const auto times = std::min(LensTimes, double(m_strips->view().size()) / 16);
    m_lens->setPlace(m_strips->pictureOf(file), byte, std::uint64_t(double(m_strips->view().size()) / times),
                     times);
}

void FilesView::showView() {
    const double whole = double(m_strips->longest()), shown = double(m_strips->view().size());
    m_scale->setText(
        tr("1 px = %1").arg(style::bytesText(std::uint64_t(std::max(1.0, m_strips->bytesPerPixel())))));
    const QScopedValueRollback updating(m_updating, true);
    m_zoom->setValue(whole > 16 ? int(std::lround(std::log(whole / shown) / std::log(whole / 16) * ZoomSteps))
                                : 0);
}

void FilesView::pickFile(FileId file) {
    if (m_updating || !file.valid())
        return;
    m_document->selection()->select(SelectedItem::file(file));
}

void FilesView::followSelection() {
    if (m_updating)
        return;
    const QScopedValueRollback updating(m_updating, true);
    const auto& item = m_document->selection()->current();
    auto file = item.fileId();
    const auto checkpoint = m_document->checkpoint();
    if (checkpoint && item.isTensor())
        if (const auto tensor = checkpoint->tensor(item.tensorId()); tensor.sliceCount() > 0)
            file = checkpoint->slice(tensor.slice(0)).file;
    m_lens->setSelected(item.tensorId());
    m_strips->setSelected(item.tensorId(), file);
    const int row = m_model->rowOf(file);
    if (row >= 0)
        m_table->setCurrentIndex(m_model->index(row, 0));
    else
        m_table->clearSelection();
}

} // namespace shardlens::ui
