// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/exit_status.h"
#include "app/cli/json_writer.h"
#include "app/cli/output.h"
#include "app/cli/style.h"
#include "base/shell_quote.h"
#include "formats/survey.h"
#include "jobs/job_context.h"
#include "jobs/progress.h"
#include "model/checkpoint.h"
#include "model/finding_json.h"

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace shardlens::cli {

/// Options that every command has.
struct CommonOptions {
    bool json = false;
    std::string color = "auto";
    bool progress = false;
    bool verbose = false;
    unsigned threads = 0;
    std::string memory = "256MiB";
};

/// One run of one command: where it writes, how it colours, when it stops.
class Session {
public:
    Session(std::string command, const CommonOptions& options, Output& out, Output& err,
            std::stop_token stop);

    const std::string& command() const { return m_command; }
    bool json() const { return m_options.json; }
    const JobContext& context() const { return m_context; }
    JobContext& context() { return m_context; }
    Output& out() { return m_out; }
    const Style& style() const { return m_style; }
    void print(std::string_view text) { m_out.print(text); }
    std::string paint(Ink ink, std::string_view text) const { return m_style.paint(ink, text); }

    /// One line on standard error. `text` is escaped already.
    void note(std::string_view text);
    /// The same with --verbose alone.
    void log(std::string_view text);
    void complain(const Error& error);

    /// Begins the document and its first two fields; the caller adds fields and `endObject()`.
    JsonWriter beginDocument();

    /// Shows progress while `work` runs; what it returns comes back.
    template <typename Work>
    auto withProgress(Work&& work) {
        const auto line = startProgress();
        return work();
    }

    /// Opens a checkpoint and names on standard error what else lies there.
    Result<CheckpointPtr> open(const std::string& path, const Choice& choice);
    /// How many findings there are, on standard error, for commands that only read.
    void noteFindings(const Checkpoint& checkpoint, const std::string& path);

    /// Reports a failure on standard error, and with --json as the document; the status to return.
    int failure(const Error& error, ExitStatus status = CannotOpen);

private:
    std::shared_ptr<void> startProgress();

    std::string m_command;
    CommonOptions m_options;
    Output& m_out;
    Output& m_err;
    Style m_style, m_errStyle;
    Progress m_progress;
    JobContext m_context;
};

/// `2 errors, 1 warning, 0 notes`.
std::string countsText(const FindingCounts& counts);

} // namespace shardlens::cli
