// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"
#include "ui/document/document.h"

#include <QList>
#include <QScrollArea>
#include <QString>

#include <utility>

class QGridLayout;
class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace shardlens::ui {

/// A name that is cut in its middle where the room ends; the whole one in the tip.
class NameLabel : public QWidget {
    Q_OBJECT

public:
    explicit NameLabel(QWidget* parent = nullptr);
    void setName(const QString& shown);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name;
};

/// Chip, shape and figures in one line; what does not fit is dropped from the right.
class ShapeLine : public QWidget {
    Q_OBJECT

public:
    explicit ShapeLine(QWidget* parent = nullptr);
    void set(DType dtype, const QString& type, const QString& shape, const QStringList& more,
             const QString& tip);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    DType m_dtype = DType::Unknown;
    QString m_type, m_shape;
    QStringList m_more;
};

/// A title in bold with secondary words and room for buttons.
class SectionHeader : public QWidget {
    Q_OBJECT

public:
    explicit SectionHeader(const QString& title, QWidget* parent = nullptr);
    void setBeside(const QString& text);
    void addButton(QWidget* button);

private:
    QLabel* m_beside;
    QHBoxLayout* m_row;
};

using FactPairs = QList<std::pair<QString, QString>>;

/// Names on the left, values on the right; selectable plain text.
class FactGrid : public QWidget {
    Q_OBJECT

public:
    explicit FactGrid(QWidget* parent = nullptr);
    void setFacts(const FactPairs& facts);
    const FactPairs& facts() const { return m_facts; }

private:
    QGridLayout* m_grid;
    FactPairs m_facts;
};

/// A sentence with its severity's glyph, its advice below.
class FindingLine : public QWidget {
    Q_OBJECT

public:
    FindingLine(Severity severity, const QString& title, const QString& explanation,
                QWidget* parent = nullptr);
};

/// One kind of details: a scrolling column.
class DetailsPage : public QScrollArea {
    Q_OBJECT

public:
    explicit DetailsPage(Document* document, QWidget* parent = nullptr);
    /// Forgets what it shows: the checkpoint is gone.
    virtual void clear() = 0;

protected:
    Document* document() const { return m_document; }
    QVBoxLayout* column() const { return m_column; }
    QWidget* content() const { return widget(); }
    void addLine();

private:
    Document* m_document;
    QVBoxLayout* m_column;
};

/// Removes and deletes what a layout holds.
void clearLayout(QLayout* layout);

} // namespace shardlens::ui
