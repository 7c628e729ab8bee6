// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/filter_result.h"
#include "ui/document/opened.h"
#include "ui/document/selection.h"
#include "ui/document/statistics_store.h"
#include "ui/jobs/job_runner.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace shardlens::ui {

/// One open checkpoint, or none: its loading, its filter and the shared selection. Lives on the GUI thread
/// and never reads a file there. Everything it hands out is immutable and may be kept by workers.
class Document : public QObject {
    Q_OBJECT

public:
    /// `runner` outlives the document.
    explicit Document(JobRunner* runner, QObject* parent = nullptr);
    ~Document() override;

    JobRunner* runner() const { return m_runner; }
    Selection* selection() { return &m_selection; }
    const Selection* selection() const { return &m_selection; }
    StatisticsStore* statistics() { return &m_statistics; }

    /// Starts to open in a worker. What is open stays until the new one is there; an opening under way is
    /// dropped.
    void open(const QString& path, const Choice& choice = {});
    void cancelOpening();
    void close();

    bool isOpen() const { return m_opened != nullptr; }
    bool isOpening() const { return m_opening.has_value(); }
    bool isFiltering() const { return m_filtering.has_value(); }
    QString openingPath() const { return m_openingPath; }
    ProgressSnapshot openingProgress() const;
    /// Why the last opening failed; nothing after a success, a cancel or a close.
    const std::optional<Error>& failure() const { return m_failure; }
    QString failurePath() const { return m_failurePath; }
    void clearFailure();

    /// Null where nothing is open.
    CheckpointPtr checkpoint() const { return m_opened ? m_opened->checkpoint : nullptr; }
    NameTreePtr names() const { return m_opened ? m_opened->names : nullptr; }
    std::shared_ptr<const Opened> opened() const { return m_opened; }

    /// The filter that is in force. Never null while a checkpoint is open.
    FilterResultPtr filter() const { return m_filter; }
    /// The text as typed, readable or not.
    QString filterText() const { return m_filterText; }
    /// Parses at once and applies in a worker; the newest wins. A text that cannot be read keeps the last
    /// good one.
    void setFilterText(const QString& text);
    /// Why the text cannot be read.
    const std::optional<Error>& filterError() const { return m_filterError; }

signals:
    /// Another checkpoint, or none: drop everything that was derived from the last one. The filter is reset
    /// before.
    void checkpointChanged();
    /// filter() is another one.
    void filterChanged();
    /// filterText() or filterError() changed; filter() may follow later.
    void filterTextChanged();
    /// Opening began, ended, failed or was cancelled. Progress is polled.
    void openingChanged();

private:
    void become(std::shared_ptr<const Opened> opened, FilterResultPtr filter);

    JobRunner* m_runner;
    Selection m_selection;
    StatisticsStore m_statistics;
    std::shared_ptr<const Opened> m_opened;
    FilterResultPtr m_filter;
    QString m_filterText;
    std::optional<Error> m_filterError;
    std::optional<Error> m_failure;
    QString m_failurePath;
    QString m_openingPath;
    struct Loaded {
        std::shared_ptr<const Opened> opened;
        FilterResultPtr filter; ///< of the empty text
    };
    std::optional<JobHandle<Result<Loaded>>> m_opening;
    std::optional<JobHandle<Result<FilterResultPtr>>> m_filtering;
};

} // namespace shardlens::ui
