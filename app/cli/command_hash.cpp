// SPDX-License-Identifier: Apache-2.0
#include "analysis/hash.h"
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/describe.h"

#include <CLI/CLI.hpp>

namespace shardlens::cli {

namespace {

class Hash : public Command {
public:
    std::string name() const override { return "hash"; }
    std::string about() const override {
        return "One digest a tensor over its elements: row-major, little-endian, slices assembled";
    }

    void declare(CLI::App& app) override {
        m_path.declare(app);
        m_filter.declare(app);
        app.add_option("--algorithm", m_algorithm, "sha256 (default) or xxh3")
            ->check(CLI::IsMember({"sha256", "xxh3"}))
            ->type_name("NAME");
    }

    int run(Session& session) override {
        const auto filter = m_filter.parse();
        if (!filter)
            return session.failure(filter.error());
        const auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint)
            return session.failure(checkpoint.error());
        const auto digests = compute(session, *checkpoint, *filter);
        if (!digests)
            return session.failure(digests.error());
        bool complete = true;
        for (const auto& digest : *digests)
            if (digest.problem) {
                session.complain(*digest.problem);
                complete = false;
            }
        if (session.json())
            writeJson(session, **checkpoint, *digests);
        else
            for (const auto& digest : *digests)
                session.print((digest.hex.empty() ? "unreadable" : digest.hex) + "  " +
                              shown((*checkpoint)->tensor(digest.tensor).name()) + "\n");
        return complete ? Done : Differs;
    }

private:
    Result<std::vector<TensorDigest>> compute(Session& session, const CheckpointPtr& checkpoint,
                                              const Filter& filter) const {
        SHARDLENS_TRY(const auto tensors, selectTensors(*checkpoint, filter, session.context()));
        return session.withProgress(
            [&] { return hashTensors(checkpoint, tensors, *hashFromName(m_algorithm), session.context()); });
    }

    void writeJson(Session& session, const Checkpoint& checkpoint,
                   const std::vector<TensorDigest>& digests) const {
        auto json = session.beginDocument();
        json.field("algorithm", m_algorithm);
        json.key("tensors");
        json.beginArray();
        for (const auto& digest : digests) {
            const auto tensor = checkpoint.tensor(digest.tensor);
            const auto hex = digest.problem ? std::nullopt : std::optional(digest.hex);
            json.beginObject();
            json.field("name", tensor.name());
            json.field("dtype", tensor.dtypeName());
            json.field("shape", tensor.shape());
            json.field("digest", hex);
            if (m_algorithm == "sha256")
                json.field("sha256", hex);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    PathOption m_path;
    FilterOption m_filter;
    std::string m_algorithm = "sha256";
};

} // namespace

CommandPtr makeHash() {
    return std::make_unique<Hash>();
}

} // namespace shardlens::cli
