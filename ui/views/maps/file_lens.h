// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/views/maps/file_painter.h"

#include <QWidget>

#include <optional>

namespace shardlens::ui {

/// A stretch of one file drawn large enough to be read: what lies around the pointer or the cursor of the
/// strips above it.
class FileLens : public QWidget {
    Q_OBJECT

public:
    explicit FileLens(QWidget* parent = nullptr);

    /// What is shown; null for nothing.
    void setSource(NameTreePtr names, FindingMarksPtr marks, ColorMode mode);
    /// Around a byte of a file, as many bytes as `span`.
    void setPlace(FilePicturePtr picture, std::uint64_t byte, std::uint64_t span, double times);
    void setSelected(TensorId tensor);
    void clear();

    ByteRange view() const { return m_view; }
    const FilePicturePtr& picture() const { return m_picture; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void segmentPicked(const shardlens::FileSegment& segment);
    void stepped(int by); ///< the arrow keys: to the next segment, or the one before

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QRectF strip() const;
    QRectF place(ByteRange range) const;
    const FileSegment* segmentAt(QPointF at) const;
    QString labelOf(const FileSegment& segment) const;
    void drawHead(QPainter& painter) const;
    void drawScale(QPainter& painter) const;
    void drawSegments(QPainter& painter) const;
    void drawLabel(QPainter& painter, const FileSegment& segment, const QRectF& rect,
                   const QColor& fill) const;
    void announce();

    NameTreePtr m_names;
    FindingMarksPtr m_marks;
    ColorMode m_mode = ColorMode::Role;
    FilePicturePtr m_picture;
    ByteRange m_view;
    std::uint64_t m_byte = 0;
    double m_times = 1;
    TensorId m_tensor;
};

/// Lines about a segment for a tip: which slice, its bytes, its size.
QList<std::pair<QString, QString>> segmentLines(const Checkpoint& checkpoint, FileId file,
                                                const FileSegment& segment);
/// The tensor's name, or what kind of bytes these are.
QString segmentName(const Checkpoint& checkpoint, const FileSegment& segment);

} // namespace shardlens::ui
