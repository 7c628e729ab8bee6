// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/options.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QPlainTextEdit;

namespace shardlens::ui {

/// A path with a button that chooses it; takes a dropped file or folder.
class PathField : public QWidget {
    Q_OBJECT

public:
    PathField(const QString& name, bool folders, QWidget* parent = nullptr);
    QString path() const;
    void setPath(const QString& path);

signals:
    void changed();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QLineEdit* m_edit;
};

/// The options of a conversion that few need: names, filters, reference layout,
/// metadata.
class MoreOptions : public QWidget {
    Q_OBJECT

public:
    explicit MoreOptions(QWidget* parent = nullptr);

    /// Adds what is set here.
    void fill(convert::Options& options) const;
    /// Exact names that are excluded, beside the filter.
    void exclude(const std::vector<std::string>& names);
    const std::vector<std::string>& excluded() const { return m_excluded; }
    void setForce(bool force);
    void setStripPrefix(const QString& prefix);

signals:
    void changed();

private:
    QLineEdit* line(const QString& label, const QString& hint);
    QPlainTextEdit* lines(const QString& label, const QString& hint);

    QFormLayout* m_form;
    QLineEdit* m_include;
    QLineEdit* m_exclude;
    QLineEdit* m_prefix;
    QPlainTextEdit* m_renames;
    PathField* m_like;
    PathField* m_map;
    QLineEdit* m_pattern;
    QLineEdit* m_keepDType;
    QComboBox* m_tied;
    QPlainTextEdit* m_metadata;
    QCheckBox* m_sideFiles;
    QCheckBox* m_force;
    QCheckBox* m_sync;
    QWidget* m_excludedRow;
    std::vector<std::string> m_excluded;
};

} // namespace shardlens::ui
