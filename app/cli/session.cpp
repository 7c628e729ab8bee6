// SPDX-License-Identifier: Apache-2.0
#include "app/cli/session.h"

#include "app/cli/progress_line.h"
#include "base/escape.h"
#include "base/units.h"
#include "formats/open.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace shardlens::cli {

namespace {

std::string counted(std::uint64_t count, std::string_view thing) {
    return fmt::format("{} {}{}", formatGrouped(count), thing, count == 1 ? "" : "s");
}

std::string quotedList(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names)
        out +=
            (out.empty() ? "" : ", ") + (name.empty() ? std::string("the plain one") : escapeText(name, 200));
    return out;
}

} // namespace

Session::Session(std::string command, const CommonOptions& options, Output& out, Output& err,
                 std::stop_token stop)
    : m_command(std::move(command))
    , m_options(options)
    , m_out(out)
    , m_err(err)
    , m_style(!options.json && wantsColour(options.color, out.isTerminal()))
    , m_errStyle(wantsColour(options.color, err.isTerminal())) {
    m_context.stop = std::move(stop);
    m_context.progress = &m_progress;
    m_context.threads = options.threads;
    m_context.memory = parseBytes(options.memory).value_or(m_context.memory);
}

void Session::note(std::string_view text) {
    m_err.print(fmt::format("{}\n", text));
    m_err.flush();
}

void Session::log(std::string_view text) {
    if (m_options.verbose)
        note(text);
}

void Session::complain(const Error& error) {
    const auto severity = error.rule->severity;
    note(m_errStyle.paint(inkOf(severity), severityName(severity)) + ": " + describe(error) + " [" +
         std::string(error.rule->id) + "]");
}

JsonWriter Session::beginDocument() {
    JsonWriter json(m_out);
    json.beginObject();
    json.field("schema", 1u);
    json.field("command", m_command);
    return json;
}

std::shared_ptr<void> Session::startProgress() {
    return std::make_shared<ProgressLine>(
        m_progress, m_err,
        ProgressLine::Options{.show = m_options.progress || m_err.isTerminal(),
                              .logStages = m_options.verbose});
}

Result<CheckpointPtr> Session::open(const std::string& path, const Choice& choice) {
    const auto began = std::chrono::steady_clock::now();
    log("opening " + escapeText(path));
    auto opened = withProgress([&] { return shardlens::open(path, choice, m_context); });
    if (!opened)
        return opened;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    log(fmt::format("opened in {:.3f} s: {}, {}, {}", took.count(), formatTitle((*opened)->format()),
                    counted((*opened)->fileCount(), "file"), counted((*opened)->tensorCount(), "tensor")));
    const auto& facts = (*opened)->facts();
    if (!facts.otherParts.empty())
        note("Also here: " + quotedList(facts.otherParts) + ". --part NAME chooses.");
    if (!facts.otherVariants.empty())
        note("Other variants: " + quotedList(facts.otherVariants) + ". --variant NAME chooses.");
    return opened;
}

void Session::noteFindings(const Checkpoint& checkpoint, const std::string& path) {
    const auto counts = countFindings(checkpoint.findings());
    if (counts.errors + counts.warnings + counts.infos == 0)
        return;
    note(countsText(counts) + ": shardlens-cli check " + escapeText(shellQuoted(path)));
}

int Session::failure(const Error& error, ExitStatus status) {
    const bool cancelled = error.rule->id == rules::JobCancelled.id;
    if (json()) {
        auto document = beginDocument();
        writeErrorField(document, error);
        document.endObject();
    }
    if (cancelled)
        note("Cancelled.");
    else
        note("shardlens-cli: " + describe(error) + " [" + std::string(error.rule->id) + "]");
    return cancelled ? Cancelled : status;
}

std::string countsText(const FindingCounts& counts) {
    return counted(counts.errors, "error") + ", " + counted(counts.warnings, "warning") + ", " +
           counted(counts.infos, "note");
}

} // namespace shardlens::cli
