// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace shardlens::cli {

/// One command: declares its options on a parser, then runs with what was given.
class Command {
public:
    virtual ~Command() = default;
    virtual std::string name() const = 0;
    virtual std::string about() const = 0; ///< one line for the list of commands
    /// What documents say was run, once arguments are read: a group adds the command that was chosen.
    virtual std::string title() const { return name(); }
    virtual void declare(CLI::App& app) = 0;
    virtual int run(Session& session) = 0;
    /// Done means that files stand under their final names, whatever becomes of the text about them.
    virtual bool publishes() const { return false; }
};

using CommandPtr = std::unique_ptr<Command>;

CommandPtr makeCheck();
CommandPtr makeCompare();
CommandPtr makeConvert();
CommandPtr makeDduf();
CommandPtr makeFormats();
CommandPtr makeHash();
CommandPtr makeInfo();
CommandPtr makeLs();
CommandPtr makeMeta();
CommandPtr makeRules();
CommandPtr makeSample();
CommandPtr makeShow();
CommandPtr makeStats();
CommandPtr makeTree();

/// All commands in the order of the manual.
std::vector<CommandPtr> allCommands();

} // namespace shardlens::cli
