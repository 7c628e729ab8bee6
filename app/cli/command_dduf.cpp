// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command_dduf.h"

#include "app/cli/command.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

namespace shardlens::cli {

namespace {

/// `dduf`, whose first argument names the command proper.
class Dduf : public Command {
public:
    Dduf() {
        for (const auto& make : {makeDdufCheck, makeDdufLs, makeDdufCat, makeDdufExport, makeDdufUnpack})
            m_commands.push_back(make());
    }

    std::string name() const override { return "dduf"; }
    std::string title() const override {
        const auto* command = chosen();
        return command == nullptr ? name() : name() + " " + command->name();
    }
    std::string about() const override { return "DDUF archives: check, list, read, export, unpack"; }

    void declare(CLI::App& app) override {
        app.require_subcommand(1);
        for (const auto& command : m_commands) {
            auto* sub = app.add_subcommand(command->name(), command->about());
            sub->fallthrough(); // the options that every command has are the group's
            command->declare(*sub);
        }
        m_app = &app;
    }

    int run(Session& session) override { return chosen()->run(session); }
    bool publishes() const override { return chosen()->publishes(); }

private:
    Command* chosen() const {
        const auto found = std::ranges::find_if(m_commands, [&](const auto& command) {
            return m_app != nullptr && m_app->get_subcommand(command->name())->parsed();
        });
        return found == m_commands.end() ? nullptr : found->get();
    }

    std::vector<CommandPtr> m_commands;
    CLI::App* m_app = nullptr;
};

} // namespace

CommandPtr makeDduf() {
    return std::make_unique<Dduf>();
}

} // namespace shardlens::cli
