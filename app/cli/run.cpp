// SPDX-License-Identifier: Apache-2.0
#include "app/cli/run.h"

#include "app/cli/command.h"
#include "app/cli/rules.h"
#include "base/units.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <new>
#include <system_error>

namespace shardlens::cli {

namespace {

constexpr const char* Footer =
    "Exit status: 0 done; 1 error-level findings, a difference, unreadable tensors; 2 cannot be opened, a "
    "blocked plan\n"
    "or wrong usage; 3 a conversion failed; 130 cancelled. The manual page shardlens-cli(1) says more.";

void declareCommon(CLI::App& app, CommonOptions& options) {
    const auto isAmount = [](const std::string& text) {
        const auto bytes = parseBytes(text);
        return bytes && *bytes > 0 ? std::string() : "\"" + text + "\" is no amount of bytes such as 256MiB";
    };
    app.add_flag("--json", options.json, "Print one JSON document on standard output and nothing else");
    app.add_option("--color", options.color, "auto, always or never; auto heeds NO_COLOR")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->type_name("WHEN");
    app.add_flag("--progress", options.progress,
                 "Show progress on standard error even where it is no terminal");
    app.add_flag("-v,--verbose", options.verbose, "Log steps on standard error");
    app.add_option("--threads", options.threads, "How many threads; default: as many as the machine has")
        ->check(CLI::Range(1u, 1024u))
        ->type_name("N");
    app.add_option("--memory", options.memory, "Bytes for buffers, all threads together (256MiB)")
        ->check(CLI::Validator(isAmount, ""))
        ->type_name("BYTES");
}

/// Wrong usage, told as any other failure.
int usageFailure(const std::string& command, const std::string& text, bool json, Output& out, Output& err) {
    CommonOptions options;
    options.json = json;
    Session session(command, options, out, err, {});
    const auto call = command.empty() ? std::string("shardlens-cli") : "shardlens-cli " + command;
    return session.failure(Error{&rules::cli::Usage, {text, call}, {}}, CannotOpen);
}

class Program {
public:
    Program(Output& out, Output& err, std::stop_token stop)
        : m_out(out)
        , m_err(err)
        , m_stop(std::move(stop))
        , m_commands(allCommands())
        , m_options(m_commands.size()) {
        m_app.description("Looks into machine-learning checkpoints and converts them.");
        m_app.set_version_flag("--version", "shardlens-cli " SHARDLENS_VERSION);
        m_app.require_subcommand(1);
        m_app.footer(Footer);
        for (std::size_t i = 0; i < m_commands.size(); ++i) {
            auto* sub = m_app.add_subcommand(m_commands[i]->name(), m_commands[i]->about());
            m_commands[i]->declare(*sub);
            declareCommon(*sub, m_options[i]);
        }
    }

    int run(const std::vector<std::string>& arguments) {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend()); // CLI11 takes them so
        const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
        try {
            m_app.parse(reversed);
        } catch (const CLI::Success& wanted) {
            return printHelp(wanted);
        } catch (const CLI::ParseError& error) {
            return usageFailure(chosenName(), usageText(arguments, error), json, m_out, m_err);
        }
        for (std::size_t i = 0; i < m_commands.size(); ++i)
            if (m_app.get_subcommand(m_commands[i]->name())->parsed())
                return runCommand(i);
        return CannotOpen;
    }

private:
    std::string chosenName() const {
        const auto parsed = m_app.get_subcommands();
        return parsed.empty() ? std::string() : parsed.front()->get_name();
    }

    /// CLI11 says of an unknown command that one is required.
    std::string usageText(const std::vector<std::string>& arguments, const CLI::ParseError& error) const {
        const bool named = !arguments.empty() && !arguments.front().starts_with('-');
        return named && chosenName().empty() ? "There is no command \"" + arguments.front() + "\"."
                                             : error.what();
    }

    int printHelp(const CLI::Success& wanted) {
        std::ostringstream text;
        m_app.exit(wanted, text, text);
        m_out.print(text.str());
        return finish(Done, false);
    }

    int runCommand(std::size_t index) {
        Session session(m_commands[index]->title(), m_options[index], m_out, m_err, m_stop);
        try {
            return finish(m_commands[index]->run(session), m_commands[index]->publishes());
        } catch (const std::bad_alloc&) {
            return session.failure(Error{&rules::OutOfMemory, {std::string("an allocation failed")}, {}},
                                   Failed);
        }
    }

    /// Output that nobody could write is no success. A reader that went away (`| head`) needs no message.
    int finish(int status, bool published) {
        m_out.flush();
        if (m_out.error() == 0)
            return status;
        if (m_out.error() != EPIPE) {
            const Error error{
                &rules::cli::OutputFailed, {std::generic_category().message(m_out.error())}, {}};
            m_err.print("shardlens-cli: " + describe(error) + "\n");
        }
        return status == Done && !published ? static_cast<int>(Failed) : status;
    }

    Output& m_out;
    Output& m_err;
    std::stop_token m_stop;
    std::vector<CommandPtr> m_commands;
    std::vector<CommonOptions> m_options;
    CLI::App m_app{"", "shardlens-cli"};
};

} // namespace

std::vector<CommandPtr> allCommands() {
    std::vector<CommandPtr> out;
    for (const auto& make : {makeInfo, makeLs, makeTree, makeShow, makeMeta, makeCheck, makeHash, makeStats,
                             makeCompare, makeConvert, makeDduf, makeSample, makeFormats, makeRules})
        out.push_back(make());
    return out;
}

int run(const std::vector<std::string>& arguments, Sink& out, Sink& err, std::stop_token stop) {
    Output bufferedOut(out), bufferedErr(err);
    return Program(bufferedOut, bufferedErr, std::move(stop)).run(arguments);
}

} // namespace shardlens::cli
