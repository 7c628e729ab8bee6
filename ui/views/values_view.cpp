// SPDX-License-Identifier: Apache-2.0
#include "ui/views/values_view.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/statistics_panel.h"

#include <QAction>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace shardlens::ui {
namespace {

constexpr std::uint64_t MapWithoutAsking = 64 * Limits::MiB;
constexpr std::uint32_t MapPoints = 256; ///< in either direction, at most
constexpr int PollMilliseconds = 67;     // 15 Hz

} // namespace

ValuesView::ValuesView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_stack(new QStackedLayout(this))
    , m_nothing(new EmptyState(this))
    , m_name(new NameLabel(this))
    , m_line(new ShapeLine(this))
    , m_statistics(new StatisticsPanel(document, this, StatisticsPanel::Look::Beside))
    , m_mapHeader(new SectionHeader(tr("Whole tensor"), this))
    , m_draw(new QPushButton(tr("Draw"), this))
    , m_bar(new QProgressBar(this))
    , m_map(new PlaneMap(this))
    , m_values(new ValuesGrid(document, this)) {
    auto* panel = new QScrollArea(this);
    panel->setWidget(m_statistics);
    panel->setWidgetResizable(true);
    panel->setFrameShape(QFrame::NoFrame);
    m_statistics->setContentsMargins(12, 6, 12, 8);
    m_statistics->setBackgroundRole(QPalette::Base);
    m_statistics->setAutoFillBackground(true);
    auto* below = new QSplitter(Qt::Horizontal, this);
    below->addWidget(makeMapBox());
    below->addWidget(m_values);
    below->setStretchFactor(1, 1);
    below->setSizes({330, 600});
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(panel);
    splitter->addWidget(below);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({230, 420});
    auto* whole = new QWidget(this);
    auto* rows = new QVBoxLayout(whole);
    rows->setContentsMargins(0, 0, 0, 0);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(12, 8, 12, 4);
    head->addWidget(m_name);
    head->addWidget(m_line);
    rows->addLayout(head);
    rows->addWidget(splitter, 1);
    m_stack->addWidget(m_nothing);
    m_stack->addWidget(whole);
    setFocusProxy(m_values);
    auto* png = m_values->menu()->addAction(tr("Export Map of the Whole Tensor as PNG…"));
    connect(png, &QAction::triggered, this, &ValuesView::exportMap);
    m_poll.setInterval(PollMilliseconds);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (!m_mapping)
            return;
        const auto progress = m_mapping->progress();
        m_bar->setValue(progress.total ? int(1000.0 * double(progress.done) / double(progress.total)) : 0);
    });
    connect(m_values, &ValuesGrid::frameChanged, m_map, &PlaneMap::setFrame);
    connect(m_values, &ValuesGrid::planeChanged, this, &ValuesView::offerMap);
    connect(m_values, &ValuesGrid::scaleChanged, this, [this] { m_map->setScale(m_values->scale()); });
    connect(m_map, &PlaneMap::frameMoved, m_values, &ValuesGrid::showFrom);
    connect(m_document, &Document::checkpointChanged, this, [this] {
        m_tensor = {};
        followSelection();
    });
    connect(m_document->selection(), &Selection::changed, this, &ValuesView::followSelection);
    followSelection();
}

ValuesView::~ValuesView() = default;

QWidget* ValuesView::makeMapBox() {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(12, 6, 0, 0);
    column->setSpacing(6);
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress of the map"));
    column->addWidget(m_mapHeader);
    column->addWidget(m_draw, 0, Qt::AlignLeft);
    column->addWidget(m_bar);
    column->addWidget(m_map, 1);
    connect(m_draw, &QPushButton::clicked, this, [this] {
        if (m_mapping) { // the button says Cancel then
            m_mapping.reset();
            offerMap();
        } else {
            drawMap();
        }
    });
    return box;
}

void ValuesView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    followSelection(); // nothing is read for a tab that nobody looks at
}

void ValuesView::forgetMap() {
    m_mapping.reset();
    m_poll.stop();
    m_map->setMap(nullptr);
    m_mapHeader->setBeside({});
    m_draw->hide();
    m_bar->hide();
}

void ValuesView::followSelection() {
    const auto checkpoint = m_document->checkpoint();
    const auto& item = m_document->selection()->current();
    if (!checkpoint || !item.isTensor()) {
        m_tensor = {};
        m_opening.reset();
        m_reader = nullptr;
        forgetMap();
        m_values->clear();
        m_statistics->setTensor({});
        m_nothing->setText(checkpoint ? tr("No tensor selected") : QString(),
                           checkpoint ? tr("Choose a tensor to see its values.") : QString());
        m_stack->setCurrentWidget(m_nothing);
        return;
    }
    if (!isVisible() || item.tensorId() == m_tensor)
        return;
    m_tensor = item.tensorId();
    const auto tensor = checkpoint->tensor(m_tensor);
    m_name->setName(style::plain(tensor.name()));
    m_line->set(tensor.dtype(), style::plain(tensor.dtypeName(), 32), style::shapeText(tensor.shape()),
                {style::bytesText(tensor.bytes())}, style::exactBytes(tensor.bytes()));
    m_statistics->setTensor(m_tensor);
    m_stack->setCurrentIndex(1);
    openReader();
}

void ValuesView::openReader() {
    m_reader = nullptr;
    forgetMap();
    m_values->clear();
    using OpenedReader = Result<std::shared_ptr<TensorReader>>;
    m_opening = m_document->runner()->run<OpenedReader>(
        [checkpoint = m_document->checkpoint(), tensor = m_tensor](const JobContext& context) {
            return TensorReader::open(checkpoint, tensor, context);
        });
    m_opening->then([this](const OpenedReader& reader) {
        if (!reader) {
            m_nothing->setText(style::message(reader.error()), style::advice(reader.error()));
            m_stack->setCurrentWidget(m_nothing);
            return;
        }
        m_reader = *reader;
        if ((*reader)->randomAccess())
            m_values->setReader(*reader, m_tensor);
        else
            m_values->say(tr("Compressed: read forwards only, so that single values cannot be shown."));
    });
}

/// A small plane is mapped at once; a large one on request.
void ValuesView::offerMap() {
    forgetMap();
    const auto& plane = m_values->plane();
    if (!m_reader || plane.rows == 0 || plane.columns == 0)
        return;
    const auto bytes = plane.rows * plane.columns * bitsOf(m_reader->dtype()) / 8;
    if (bytes <= MapWithoutAsking)
        return drawMap();
    m_draw->setText(tr("Draw (reads %1)").arg(style::bytesText(bytes)));
    m_draw->show();
}

void ValuesView::drawMap() {
    if (!m_reader)
        return;
    forgetMap();
    const auto& plane = m_values->plane();
    m_bar->setValue(0);
    m_bar->setVisible(plane.rows * plane.columns > MapWithoutAsking);
    m_draw->setText(tr("Cancel"));
    m_draw->setVisible(m_bar->isVisibleTo(this));
    m_mapping = m_document->runner()->run<Result<ValueMapPtr>>(
        [reader = m_reader, plane](const JobContext& context) -> Result<ValueMapPtr> {
            SHARDLENS_TRY(auto map, mapValues(*reader, plane, MapPoints, context));
            return std::make_shared<const ValueMap>(std::move(map));
        });
    m_mapping->then([this](const Result<ValueMapPtr>& map) {
        m_mapping.reset();
        m_poll.stop();
        m_bar->hide();
        m_draw->hide();
        setMap(map);
    });
    m_poll.start();
}

void ValuesView::setMap(const Result<ValueMapPtr>& map) {
    if (!map) {
        m_mapHeader->setBeside(style::message(map.error()));
        return;
    }
    const auto& made = **map;
    const auto ceil = [](std::uint64_t all, std::uint64_t parts) {
        return (all + parts - 1) / parts;
    };
    const auto rows = made.rows ? ceil(made.plane.rows, made.rows) : 1,
               columns = made.columns ? ceil(made.plane.columns, made.columns) : 1;
    m_mapHeader->setBeside(rows * columns > 1 ? tr("the largest of %1 × %2 a point").arg(rows).arg(columns)
                                              : tr("a value a point"));
    m_map->setMap(*map);
    m_values->setUsualScale({made.negative ? HeatScale::Mode::Signed : HeatScale::Mode::Amount, made.usual});
}

void ValuesView::exportMap() {
    const auto picture = m_map->picture();
    if (picture.isNull())
        return m_values->say(tr("There is no map yet"));
    const auto path = QFileDialog::getSaveFileName(this, tr("Export Picture"), QStringLiteral("map.png"),
                                                   tr("PNG (*.png)"));
    if (!path.isEmpty() && !picture.save(path, "PNG"))
        m_values->say(tr("The picture could not be written"));
}

} // namespace shardlens::ui
