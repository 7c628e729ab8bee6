// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/rules.h"
#include "catalog/rule_catalog.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace shardlens::cli {

namespace {

/// The rules of core and those of the command line, by id.
std::vector<const Rule*> knownRules() {
    std::vector<const Rule*> out(allRules().begin(), allRules().end());
    out.insert(out.end(), std::begin(rules::cli::all), std::end(rules::cli::all));
    std::sort(out.begin(), out.end(), [](const Rule* a, const Rule* b) { return a->id < b->id; });
    return out;
}

void writeRule(JsonWriter& json, const Rule& rule) {
    json.beginObject();
    json.field("rule", rule.id);
    json.field("severity", severityName(rule.severity));
    json.field("sentence", rule.sentence);
    json.field("advice", rule.advice);
    json.endObject();
}

class Rules : public Command {
public:
    std::string name() const override { return "rules"; }
    std::string about() const override { return "What a rule id means and what to do"; }
    void declare(CLI::App& app) override {
        app.add_option("RULE", m_rule, "The id of one rule, or how some begin");
    }

    int run(Session& session) override {
        std::vector<const Rule*> chosen;
        for (const auto* rule : knownRules()) {
            if (rule->id == m_rule) {
                chosen = {rule};
                break;
            }
            if (rule->id.starts_with(m_rule))
                chosen.push_back(rule);
        }
        if (chosen.empty())
            return session.failure(Error{&rules::cli::NoSuchRule, {m_rule}, {}});
        if (session.json())
            writeJson(session, chosen);
        else
            writeText(session, chosen);
        return Done;
    }

private:
    static void writeJson(Session& session, const std::vector<const Rule*>& chosen) {
        auto json = session.beginDocument();
        json.key("rules");
        json.beginArray();
        for (const auto* rule : chosen)
            writeRule(json, *rule);
        json.endArray();
        json.endObject();
    }

    static void writeText(Session& session, const std::vector<const Rule*>& chosen) {
        for (const auto* rule : chosen)
            session.print(session.paint(Ink::Bold, rule->id) + "  " +
                          session.paint(inkOf(rule->severity), severityName(rule->severity)) + "\n  " +
                          std::string(rule->sentence) + "\n  " + std::string(rule->advice) + "\n");
    }

    std::string m_rule;
};

} // namespace

CommandPtr makeRules() {
    return std::make_unique<Rules>();
}

} // namespace shardlens::cli
