// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/file_map.h"
#include "ui/jobs/job_runner.h"
#include "ui/views/maps/tensor_colors.h"

#include <QAbstractScrollArea>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace shardlens::ui {

/// A strip per physical file, all on one scale of bytes, drawn per pixel column. The selected tensor's ranges
/// are outlined in every strip. What lies in a file is computed in a worker when the strip comes into view.
class FileStrips : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit FileStrips(JobRunner* runner, QWidget* parent = nullptr);
    ~FileStrips() override;

    void setMaps(NameTreePtr names, FileMapsPtr maps, std::vector<FileId> order);
    void setMarks(FindingMarksPtr marks);
    void setColorMode(ColorMode mode);
    void setSelected(TensorId tensor, FileId file);
    QList<LegendItem> legend() const;

    ByteRange view() const { return m_view; }
    void setView(ByteRange view);
    void zoom(double factor, double at = 0.5); ///< `at`: the place across that stays, 0 … 1
    void showAll();
    double bytesPerPixel() const;
    /// Where bytes of a file's strip are drawn, in viewport coordinates; at least two pixels wide.
    QRectF drawn(std::size_t strip, ByteRange range) const;
    const FileMap* mapOf(FileId file) const;

signals:
    void tensorPicked(shardlens::TensorId tensor);
    void filePicked(shardlens::FileId file);
    void viewChanged();
    void mapsArrived();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    double left() const;
    double top() const;
    double across() const;
    std::size_t stripAt(double y) const;
    std::uint64_t byteAt(double x) const;
    void fetchVisible();
    void updateBars();
    void drawStrip(QPainter& painter, std::size_t strip, const TensorColors& colors,
                   const style::Theme& theme) const;
    void drawColumns(QPainter& painter, const QRectF& rect, const FileMap& map, const TensorColors& colors,
                     const style::Theme& theme) const;
    void drawDamage(QPainter& painter, std::size_t strip, const FileMap& map,
                    const style::Theme& theme) const;
    void drawScale(QPainter& painter, const style::Theme& theme) const;
    void drawSelection(QPainter& painter, const style::Theme& theme) const;
    QColor colorOf(const FileSegment& segment, const TensorColors& colors, const style::Theme& theme) const;
    void showTip(QPointF at);
    void stepSegment(int by);

    JobRunner* m_runner;
    NameTreePtr m_names;
    FileMapsPtr m_maps;
    FindingMarksPtr m_marks;
    ColorMode m_mode = ColorMode::Role;
    std::vector<FileId> m_order;
    std::map<FileId, std::shared_ptr<const FileMap>> m_ready;
    std::uint64_t m_longest = 1;
    ByteRange m_view{0, 1};
    TensorId m_tensor;
    FileId m_file;
    std::uint64_t m_cursor = 0; ///< a byte in the current file
    std::optional<JobHandle<std::vector<std::shared_ptr<const FileMap>>>> m_fetching;
};

} // namespace shardlens::ui
