// SPDX-License-Identifier: Apache-2.0
#include "app/cli/checkpoint_option.h"
#include "app/cli/command.h"
#include "app/cli/describe.h"
#include "app/cli/table.h"
#include "base/csv.h"
#include "base/escape.h"
#include "base/units.h"
#include "model/value_json.h"
#include "query/name_tree.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace shardlens::cli {

namespace {

std::string boxText(const Box& box) {
    std::string out = "[";
    for (std::size_t i = 0; i < box.offset.size(); ++i)
        out += fmt::format("{}{}:{}", i == 0 ? "" : ", ", box.offset[i], box.offset[i] + box.size[i]);
    return out + "]";
}

class Ls : public Command {
public:
    std::string name() const override { return "ls"; }
    std::string about() const override {
        return "One line a tensor: dtype, shape, bytes, slices, files, name";
    }

    void declare(CLI::App& app) override {
        m_path.declare(app);
        m_filter.declare(app);
        app.add_option("--sort", m_sort,
                       "name (natural order), size (largest first), file (as stored), order (as listed)")
            ->check(CLI::IsMember({"name", "size", "file", "order"}))
            ->type_name("KEY");
        app.add_flag("--long", m_long, "Every slice with its place, file, rank and byte range");
        app.add_flag("--csv", m_csv, "Comma-separated values with a line of titles");
    }

    int run(Session& session) override {
        const auto filter = m_filter.parse();
        if (!filter)
            return session.failure(filter.error());
        auto checkpoint = session.open(m_path.path, m_path.choice);
        if (!checkpoint)
            return session.failure(checkpoint.error());
        const auto items = sorted(*checkpoint, *filter, session.context());
        if (!items)
            return session.failure(items.error());
        if (session.json())
            writeJson(session, **checkpoint, *items);
        else if (m_csv)
            writeCsv(session, **checkpoint, *items);
        else
            writeText(session, **checkpoint, *items);
        session.noteFindings(**checkpoint, m_path.path);
        return Done;
    }

private:
    Result<std::vector<ItemIndex>> sorted(const CheckpointPtr& checkpoint, const Filter& filter,
                                          const JobContext& context) const {
        SHARDLENS_TRY(const auto bits, filter.apply(*checkpoint, context));
        std::vector<ItemIndex> items;
        NameTreePtr tree;
        if (m_sort == "name") {
            SHARDLENS_TRY(tree, NameTree::build(checkpoint, context));
        }
        for (std::uint32_t i = 0; i < itemCount(*checkpoint); ++i) {
            const auto item = tree ? tree->item(i) : i;
            if ((bits[item / 64] >> item % 64 & 1) != 0)
                items.push_back(item);
        }
        if (m_sort == "size")
            std::stable_sort(items.begin(), items.end(), [&](ItemIndex a, ItemIndex b) {
                return bytesOf(*checkpoint, a) > bytesOf(*checkpoint, b);
            });
        if (m_sort == "file")
            std::stable_sort(items.begin(), items.end(), [&](ItemIndex a, ItemIndex b) {
                return placeOf(*checkpoint, a) < placeOf(*checkpoint, b);
            });
        return items;
    }

    static bool isTensor(const Checkpoint& checkpoint, ItemIndex item) {
        return item < checkpoint.tensorCount();
    }
    static EntryId entryOf(const Checkpoint& checkpoint, ItemIndex item) {
        return EntryId(item - checkpoint.tensorCount());
    }

    static std::uint64_t bytesOf(const Checkpoint& checkpoint, ItemIndex item) {
        return isTensor(checkpoint, item) ? checkpoint.tensor(TensorId(item)).bytes()
                                          : checkpoint.entry(entryOf(checkpoint, item)).stored.size();
    }

    /// File and position of the first slice; what has none comes last.
    static std::pair<std::uint32_t, std::uint64_t> placeOf(const Checkpoint& checkpoint, ItemIndex item) {
        if (!isTensor(checkpoint, item)) {
            const auto& entry = checkpoint.entry(entryOf(checkpoint, item));
            return {entry.file.value(), entry.stored.begin};
        }
        std::pair<std::uint32_t, std::uint64_t> best{FileId().value(), 0};
        const auto tensor = checkpoint.tensor(TensorId(item));
        for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i) {
            const auto slice = checkpoint.slice(tensor.slice(i));
            best = std::min(best, std::pair(slice.file.value(), slice.stored.begin));
        }
        return best;
    }

    static void writeJson(Session& session, const Checkpoint& checkpoint,
                          const std::vector<ItemIndex>& items) {
        const TiedNames tied(checkpoint);
        const ArchiveMembers members(checkpoint);
        auto json = session.beginDocument();
        json.key("tensors");
        json.beginArray();
        for (const auto item : items) {
            if (!isTensor(checkpoint, item))
                continue;
            json.beginObject();
            writeTensorFields(json, checkpoint, checkpoint.tensor(TensorId(item)), tied, members);
            json.endObject();
        }
        json.endArray();
        json.key("values");
        json.beginArray();
        for (const auto item : items)
            if (!isTensor(checkpoint, item))
                writeEntry(json, checkpoint, entryOf(checkpoint, item), false);
        json.endArray();
        json.endObject();
    }

    static std::string fileCell(const Checkpoint& checkpoint, const TensorView& tensor) {
        const auto files = filesOf(checkpoint, tensor);
        if (files.empty())
            return "missing";
        const auto first = escapeText(checkpoint.file(files.front()).path, 60);
        return files.size() == 1 ? first : fmt::format("{} + {}", first, files.size() - 1);
    }

    static std::vector<std::string> cells(const Checkpoint& checkpoint, ItemIndex item) {
        if (isTensor(checkpoint, item)) {
            const auto tensor = checkpoint.tensor(TensorId(item));
            return {shown(tensor.dtypeName()),
                    formatShape(tensor.shape()),
                    formatBytes(tensor.bytes()),
                    std::to_string(tensor.sliceCount()),
                    fileCell(checkpoint, tensor),
                    shown(tensor.name()) + (tensor.readable() ? "" : "  (unreadable)")};
        }
        const auto& entry = checkpoint.entry(entryOf(checkpoint, item));
        std::string value;
        if (entry.kind == EntryRecord::Kind::Value)
            if (const auto decoded = checkpoint.value(entryOf(checkpoint, item)))
                value = " = " + shown(toLine(*decoded, 60));
        return {shown(entryType(checkpoint, entryOf(checkpoint, item))),
                "",
                entry.stored.empty() ? std::string() : formatBytes(entry.stored.size()),
                "",
                entry.file.valid() ? escapeText(checkpoint.file(entry.file).path, 60) : std::string(),
                shown(entry.name) + value};
    }

    void writeText(Session& session, const Checkpoint& checkpoint,
                   const std::vector<ItemIndex>& items) const {
        using Align = Table::Align;
        Table table({{"dtype", Align::Left, Ink::Cyan},
                     {"shape", Align::Left, Ink::Plain},
                     {"bytes", Align::Right, Ink::Plain},
                     {"slices", Align::Right, Ink::Plain},
                     {"file", Align::Left, Ink::Faint},
                     {"name", Align::Left, Ink::Bold}});
        for (const auto item : items)
            table.widen(cells(checkpoint, item));
        table.printTitles(session.out(), session.style());
        for (const auto item : items) {
            if (session.out().error() != 0)
                return;
            table.printRow(session.out(), session.style(), cells(checkpoint, item));
            if (m_long && isTensor(checkpoint, item))
                writeSlices(session, checkpoint, checkpoint.tensor(TensorId(item)));
        }
    }

    static void writeSlices(Session& session, const Checkpoint& checkpoint, const TensorView& tensor) {
        for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i) {
            const auto slice = checkpoint.slice(tensor.slice(i));
            std::string line = "    " + boxText(slice.box);
            if (slice.file.valid()) {
                const auto& file = checkpoint.file(slice.file);
                line += "  " + shown(file.path) + (file.missing ? " (missing)" : "");
                line += file.rank ? fmt::format("  rank {}", *file.rank) : "";
                line += fmt::format("  bytes {} … {}", slice.stored.begin, slice.stored.end);
            } else {
                line += "  no stored bytes";
            }
            session.print(line + "\n");
        }
    }

    void writeCsv(Session& session, const Checkpoint& checkpoint, const std::vector<ItemIndex>& items) const {
        session.print(m_long ? "name,dtype,shape,bytes,slice offset,slice size,file,rank,begin,end\r\n"
                             : "name,dtype,shape,bytes,slices,files\r\n");
        for (const auto item : items) {
            if (!isTensor(checkpoint, item))
                continue;
            const auto tensor = checkpoint.tensor(TensorId(item));
            const std::string facts = csvText(tensor.name()) + "," + csvText(tensor.dtypeName()) + "," +
                                      csvText(csvDims(tensor.shape())) + "," + std::to_string(tensor.bytes());
            if (!m_long) {
                std::string files;
                for (const auto file : filesOf(checkpoint, tensor))
                    files += (files.empty() ? "" : ";") + checkpoint.file(file).path;
                session.print(facts + "," + std::to_string(tensor.sliceCount()) + "," + csvText(files) +
                              "\r\n");
                continue;
            }
            for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i)
                session.print(facts + "," + csvSlice(checkpoint, checkpoint.slice(tensor.slice(i))) + "\r\n");
        }
    }

    static std::string csvSlice(const Checkpoint& checkpoint, const Slice& slice) {
        const auto box = csvText(csvDims(slice.box.offset)) + "," + csvText(csvDims(slice.box.size));
        if (!slice.file.valid())
            return box + ",,,,";
        const auto& file = checkpoint.file(slice.file);
        return box + "," + csvText(file.path) + "," + (file.rank ? std::to_string(*file.rank) : "") + "," +
               std::to_string(slice.stored.begin) + "," + std::to_string(slice.stored.end);
    }

    PathOption m_path;
    FilterOption m_filter;
    std::string m_sort = "name";
    bool m_long = false;
    bool m_csv = false;
};

} // namespace

CommandPtr makeLs() {
    return std::make_unique<Ls>();
}

} // namespace shardlens::cli
