// SPDX-License-Identifier: Apache-2.0
#include "ui/document/document.h"

#include "formats/open.h"
#include "ui/document/paths.h"

#include <chrono>

namespace shardlens::ui {

namespace {

Result<std::shared_ptr<const Opened>> openAll(const std::string& path, const Choice& choice,
                                              const JobContext& context) {
    const auto began = std::chrono::steady_clock::now();
    auto opened = std::make_shared<Opened>();
    opened->path = path;
    opened->choice = choice;
    SHARDLENS_TRY(opened->survey, survey(path, choice, context));
    SHARDLENS_TRY(opened->checkpoint, shardlens::open(path, choice, context));
    context.begin("sorting names", 0, false);
    SHARDLENS_TRY(opened->names, NameTree::build(opened->checkpoint, context));
    opened->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return opened;
}

} // namespace

Document::Document(JobRunner* runner, QObject* parent)
    : QObject(parent)
    , m_runner(runner)
    , m_statistics(runner) {}

Document::~Document() = default;

void Document::open(const QString& path, const Choice& choice) {
    m_failure.reset();
    m_failurePath.clear();
    m_openingPath = path;
    m_opening.emplace(m_runner->run<Result<Loaded>>(
        [path = toPath(path), choice](const JobContext& context) -> Result<Loaded> {
            Loaded loaded;
            SHARDLENS_TRY(loaded.opened, openAll(path, choice, context));
            SHARDLENS_TRY(const Filter everything, Filter::parse({}));
            SHARDLENS_TRY(loaded.filter, FilterResult::compute(everything, loaded.opened->names, context));
            return loaded;
        }));
    m_opening->then([this](Result<Loaded> result) {
        m_opening.reset();
        const QString wanted = std::exchange(m_openingPath, {});
        if (result) {
            become(result->opened, result->filter);
        } else {
            m_failure = result.error();
            m_failurePath = wanted;
        }
        emit openingChanged();
    });
    emit openingChanged();
}

void Document::cancelOpening() {
    if (!m_opening)
        return;
    m_opening.reset();
    m_openingPath.clear();
    emit openingChanged();
}

void Document::close() {
    cancelOpening();
    clearFailure();
    if (isOpen())
        become(nullptr, nullptr);
}

void Document::clearFailure() {
    if (!m_failure)
        return;
    m_failure.reset();
    m_failurePath.clear();
    emit openingChanged();
}

ProgressSnapshot Document::openingProgress() const {
    return m_opening ? m_opening->progress() : ProgressSnapshot();
}

void Document::become(std::shared_ptr<const Opened> opened, FilterResultPtr filter) {
    m_filtering.reset();
    m_opened = std::move(opened);
    m_filter = std::move(filter);
    const bool hadText = !m_filterText.isEmpty() || m_filterError;
    m_filterText.clear();
    m_filterError.reset();
    m_selection.reset();
    m_statistics.reset(checkpoint());
    emit checkpointChanged();
    if (hadText)
        emit filterTextChanged();
}

void Document::setFilterText(const QString& text) {
    if (!isOpen() || text == m_filterText)
        return;
    m_filterText = text;
    auto filter = Filter::parse(text.toStdString());
    if (!filter) {
        m_filterError = filter.error();
        emit filterTextChanged();
        return;
    }
    m_filterError.reset();
    m_filtering.emplace(m_runner->run<Result<FilterResultPtr>>(
        [filter = *filter, names = m_opened->names](const JobContext& context) {
            return FilterResult::compute(filter, names, context);
        }));
    m_filtering->then([this](const Result<FilterResultPtr>& result) {
        m_filtering.reset();
        if (!result) {
            m_filterError = result.error();
            emit filterTextChanged();
            return;
        }
        m_filter = *result;
        emit filterChanged();
    });
    emit filterTextChanged();
}

} // namespace shardlens::ui
