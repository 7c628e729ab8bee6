// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "base/units.h"
#include "formats/format_reader.h"
#include "model/dtype.h"
#include "model/format.h"

#include <algorithm>
#include <array>

namespace shardlens::cli {

namespace {

struct Described {
    Format format;
    std::string_view reader; ///< the room that opens it
    std::string_view about;
    bool converts; ///< can be the target of a conversion
};

constexpr std::array described{
    Described{Format::Safetensors, "safetensors", "one .safetensors file", true},
    Described{Format::ShardedSafetensors, "hub", "a folder or index of .safetensors shards, with variants",
              true},
    Described{Format::DcpSafetensors, "hub", "slices of tensors in .safetensors files, written by every rank",
              false},
    Described{Format::Dcp, "dcp", "PyTorch Distributed Checkpoint: .metadata and .distcp files", false},
    Described{Format::Torch, "torch", "torch.save: .pt, .pth, .bin, .ckpt; nothing in it is ever run", false},
    Described{Format::ShardedTorch, "hub", "pytorch_model-00001-of-… .bin shards and their index", false},
    Described{Format::Diffusers, "diffusers", "a pipeline folder with model_index.json", false},
    Described{Format::Dduf, "dduf", "a pipeline in one archive", false},
};

bool isOpened(const Described& one) {
    const auto readers = formatReaders();
    return std::any_of(readers.begin(), readers.end(),
                       [&](const auto* reader) { return reader->id() == one.reader; });
}

class Formats : public Command {
public:
    std::string name() const override { return "formats"; }
    std::string about() const override { return "What can be opened and written"; }
    void declare(CLI::App&) override {}

    int run(Session& session) override {
        if (session.json())
            writeJson(session);
        else
            writeText(session);
        return Done;
    }

private:
    static void writeJson(Session& session) {
        auto json = session.beginDocument();
        json.key("formats");
        json.beginArray();
        for (const auto& one : described) {
            if (!isOpened(one))
                continue;
            json.beginObject();
            json.field("id", formatId(one.format));
            json.field("title", formatTitle(one.format));
            json.field("about", one.about);
            json.field("opens", true);
            json.field("writes", one.converts);
            json.endObject();
        }
        json.endArray();
        json.key("dtypes");
        json.beginArray();
        for (const auto& dtype : allDTypes()) {
            json.beginObject();
            json.field("name", dtype.name);
            json.field("bits", dtype.bits);
            json.field("safetensors", dtype.inSafetensors);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    static void writeText(Session& session) {
        using Align = Table::Align;
        std::vector<std::vector<std::string>> rows;
        for (const auto& one : described)
            if (isOpened(one))
                rows.push_back({std::string(formatId(one.format)), one.converts ? "opens, writes" : "opens",
                                std::string(one.about)});
        Table({{"format", Align::Left, Ink::Bold},
               {"can", Align::Left, Ink::Plain},
               {"what it is", Align::Left, Ink::Plain}})
            .print(session.out(), session.style(), rows);
        std::string dtypes, others;
        for (const auto& dtype : allDTypes())
            (dtype.inSafetensors ? dtypes : others) += " " + std::string(dtype.name);
        session.print("\ndtypes:" + dtypes + "\nopened but not written:" + others + "\n");
    }
};

} // namespace

CommandPtr makeFormats() {
    return std::make_unique<Formats>();
}

} // namespace shardlens::cli
