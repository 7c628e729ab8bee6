// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/views/details/page.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace shardlens::ui {

/// One stretch of the stored bytes of a slice, or around them.
struct AnatomyPart {
    enum class Kind : std::uint8_t { Around, Head, Payload, Tail, Missing };
    Kind kind = Kind::Payload;
    QString title;
    ByteRange range;
};

/// What the stored bytes of one slice consist of, and how its elements lie in them.
struct Anatomy {
    SliceId slice;
    std::vector<AnatomyPart> parts; ///< in order
    FactPairs facts;
};

/// Reads a few KiB where the format must be asked: for workers.
Anatomy anatomyOf(const CheckpointPtr& checkpoint, SliceId slice);

/// The parts beside each other, not to scale, each with its size.
class AnatomyBar : public QWidget {
    Q_OBJECT

public:
    explicit AnatomyBar(QWidget* parent = nullptr);
    void setParts(std::vector<AnatomyPart> parts, const QColor& payload);
    const std::vector<AnatomyPart>& parts() const { return m_parts; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    std::vector<QRectF> places() const;

    std::vector<AnatomyPart> m_parts;
    QColor m_payload;
};

/// `Item in __3_0.distcp`: header, payload, directory, and how the elements lie.
class AnatomyPanel : public QWidget {
    Q_OBJECT

public:
    explicit AnatomyPanel(Document* document, QWidget* parent = nullptr);
    ~AnatomyPanel() override;

    void setSlice(std::optional<SliceId> slice);
    AnatomyBar* bar() const { return m_bar; }
    FactGrid* facts() const { return m_facts; }

private:
    void show(const Anatomy& anatomy);

    Document* m_document;
    SectionHeader* m_header;
    AnatomyBar* m_bar;
    FactGrid* m_facts;
    std::optional<SliceId> m_slice;
    std::optional<JobHandle<Anatomy>> m_asking;
};

} // namespace shardlens::ui
