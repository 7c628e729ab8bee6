// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/jobs/job_runner.h"
#include "ui/views/maps/file_painter.h"

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
    FilePicturePtr pictureOf(FileId file) const;
    ColorMode colorMode() const { return m_mode; }
    std::uint64_t longest() const { return m_longest; } ///< bytes of the longest strip
    FileId currentFile() const { return m_file; }
    std::uint64_t cursor() const { return m_cursor; } ///< a byte of the current file
    /// To the next segment of the current file, or the one before.
    void stepSegment(int by);
    /// Selects what a segment belongs to.
    void pick(FileId file, const FileSegment& segment);

signals:
    /// The pointer or the keyboard's cursor stands on a byte.
    void pointed(shardlens::FileId file, quint64 byte);
    void tensorPicked(shardlens::TensorId tensor);
    void entryPicked(shardlens::EntryId entry);
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
    void drawStrip(QPainter& painter, std::size_t strip, const FilePainter& files,
                   const style::Theme& theme) const;
    void drawWords(QPainter& painter, std::size_t strip, const style::Theme& theme) const;
    void drawRemarked(QPainter& painter, std::size_t strip, const FilePicture& picture,
                      const FilePainter& files) const;
    QImage columnsOf(const FilePicturePtr& picture, double pixels, const FilePainter& files) const;
    void drawScale(QPainter& painter, const style::Theme& theme) const;
    void drawSelection(QPainter& painter, const style::Theme& theme) const;
    void showTip(QPointF at);
    void pan(double share);
    void redraw();

    JobRunner* m_runner;
    NameTreePtr m_names;
    FileMapsPtr m_maps;
    FindingMarksPtr m_marks;
    ColorMode m_mode = ColorMode::Role;
    std::vector<FileId> m_order;
    std::vector<std::size_t> m_stripOf;           ///< by FileId
    std::vector<std::optional<Severity>> m_worst; ///< of the findings about each file
    std::map<FileId, FilePicturePtr> m_ready;
    mutable std::map<FileId, QImage> m_columns; ///< of the view, the width and the colours of now
    mutable double m_columnPixels = 0;          ///< that width
    std::uint64_t m_longest = 1;
    ByteRange m_view{0, 1};
    TensorId m_tensor;
    FileId m_file;
    std::uint64_t m_cursor = 0; ///< a byte in the current file
    std::optional<JobHandle<std::vector<FilePicturePtr>>> m_fetching;
};

} // namespace shardlens::ui
