// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/options.h"
#include "convert/suggestions.h"

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
    /// What the Browse button asks for.
    enum class Kind { Folder, File, NewFile };

    PathField(const QString& name, Kind kind, QWidget* parent = nullptr);
    QString path() const;
    void setPath(const QString& path);
    /// Outlined, as the place where what is dragged would go.
    void setTarget(bool target);

signals:
    void changed();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QLineEdit* m_edit;
    bool m_target = false;
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
    /// Adds what names suggested, beside what stands there.
    void take(const convert::Suggestion& suggestion);
    void setLike(const QString& path);
    PathField* like() const { return m_like; }
    /// What cannot be read as an option, as a sentence; empty where all can.
    QString problem() const;

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
    QPlainTextEdit* m_likeRenames;
    QLineEdit* m_tiedDrop;
    PathField* m_values;
    std::vector<std::string> m_excluded;        ///< exact names
    std::vector<std::string> m_excludedFilters; ///< that a suggestion brought
};

} // namespace shardlens::ui
