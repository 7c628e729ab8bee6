// SPDX-License-Identifier: Apache-2.0
#include "support/hostile_files.h"

#include "formats/safetensors/writer.h"
#include "support/dcp_damages.h"
#include "support/pickle_maker.h"
#include "support/temp_folder.h"
#include "support/zip_maker.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

namespace shardlens::test {

namespace {

using namespace pickled;
using namespace std::string_literals;
using Files = std::vector<HostileFile>;

std::string little(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> (8 * i));
    return out;
}

std::string zipOf(const std::vector<ZipMakerEntry>& entries, const ZipMakerOptions& options = {}) {
    return textOf(makeZip(entries, options));
}

/// Opcodes as the data.pkl of an archive.
void addPickles(Files& files) {
    const auto add = [&](const char* rule, const std::string& opcodes) {
        files.push_back({"pickle/"s + rule + ".pt", zipOf({{.name = "archive/data.pkl", .data = opcodes}})});
    };
    const auto huge = little(std::uint64_t{1} << 63, 8);
    add("pickle.truncated", "\x80\x02}J\x01\x02");
    add("pickle.length-past-end", "\x80\x04\x8d" + huge + "x.");
    add("pickle.bad-opcode", "\x80\x02\xff.");
    add("pickle.bad-protocol", "\x80\x06N.");
    add("pickle.bad-argument", "\x80\x02\x8b\xff\xff\xff\xff.");
    add("pickle.stack-underflow", "\x80\x02NR.");
    add("pickle.no-mark", "\x80\x02Nt.");
    add("pickle.wrong-type", "\x80\x02K\x01Na.");
    add("pickle.bad-memo", "\x80\x02h\x05.");
    add("pickle.memo-too-large", "\x80\x02Nr\xff\xff\xff\xff.");
    add("pickle.too-deep", "\x80\x02" + std::string(20'000, '(') + ".");
    add("pickle.dangerous-global", whole(call(global("posix", "system"), {text("true")})));
    add("pickle.unknown-classes", whole(call(global("my.module", "Config"), {integer(1)})));
}

/// Archives that are sound but for one thing.
void addArchives(Files& files) {
    const auto add = [&](const char* rule, const std::string& bytes) {
        files.push_back({"zip/"s + rule + ".pt", bytes});
    };
    const ZipMakerEntry good{.name = "archive/data.pkl", .data = whole(dict({{text("a"), integer(1)}}))};
    const auto sound = zipOf({good});
    const auto with = [&](auto&& change) {
        ZipMakerEntry entry = good;
        change(entry);
        return zipOf({entry});
    };
    ZipMakerOptions options;
    add("zip.truncated", sound.substr(0, sound.size() - 30));
    options.disk = 3;
    add("zip.multi-disk", zipOf({good}, options));
    options = {};
    options.countDelta = 1;
    add("zip.entry-count-disagrees", zipOf({good}, options));
    options = {};
    options.comment = sound;
    add("zip.several-end-records", zipOf({good}, options));
    options = {};
    options.trailing = "more";
    add("zip.trailing-bytes", zipOf({good}, options));
    add("zip.duplicate-name", zipOf({good, good}));
    std::string broken = sound;
    broken[broken.size() - 22 + 14] = 1; // the directory is said to be larger than the file
    add("zip.directory-broken", broken);
    add("zip.encrypted", with([](ZipMakerEntry& entry) { entry.flags = 1; }));
    add("zip.method-unsupported", with([](ZipMakerEntry& entry) { entry.method = 93; }));
    add("zip.local-header-broken", with([](ZipMakerEntry& entry) { entry.centralOffset = 2; }));
    add("zip.local-header-disagrees",
        with([](ZipMakerEntry& entry) { entry.localName = "archive/data.pkL"; }));
    const ZipMakerEntry tensorPickle{.name = "archive/data.pkl",
                                     .data =
                                         whole(tensor(storage("FloatStorage", "0", 6), 0, {2, 3}, {3, 1}))};
    add("zip.entry-past-end", zipOf({tensorPickle,
                                     {.name = "archive/data/0",
                                      .data = std::string(24, '\1'),
                                      .centralBytes = std::uint64_t{1} << 31}}));
    // The second record's header stands in the data of the first.
    ZipMakerEntry inner{.name = "archive/b", .data = "x"};
    const ZipMakerEntry outer{.name = "archive/a", .data = zipOf({inner}).substr(0, 30 + 9 + 1)};
    const auto first = zipOf({good}).find("PK\x01\x02"); // where the second local header begins
    inner.centralOffset = first + 30 + 9;
    add("zip.entries-overlap", zipOf({good, outer, inner}));
}

std::string count(std::uint64_t value) {
    return little(value, 8);
}

std::string legacy(const std::string& object, const std::string& keys, const std::string& data) {
    const std::string magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
    return magic + whole(integer(1001)) + whole(dict({{text("little_endian"), "\x88"}})) + whole(object) +
           whole(keys) + data;
}

void addTorchFiles(Files& files) {
    const auto add = [&](const char* rule, const std::string& bytes) {
        files.push_back({"torch/"s + rule + ".pt", bytes});
    };
    const std::string six(24, '\1');
    const auto file = [&](const std::string& value) {
        return textOf(makeTorchFile(dict({{text("w"), value}}), {{"0", six}}));
    };
    const auto floats = storage("FloatStorage", "0", 6);
    const auto sound = tensor(floats, 0, {2, 3}, {3, 1});
    files.push_back(
        {"torch/torch.no-data-pickle/pytorch_model.bin",
         zipOf({{.name = "archive/data/0", .data = six}, {.name = "archive/version", .data = "3\n"}})});
    add("torch.legacy-format", legacy(sound, list({text("0")}), count(6) + six));
    add("torch.legacy-broken", legacy(sound, list({text("0")}), count(6) + six.substr(0, 9)));
    add("torch.script-archive",
        zipOf({{.name = "archive/data.pkl", .data = whole(dict({{text("w"), sound}}))},
               {.name = "archive/constants.pkl", .data = whole(tuple({}))},
               {.name = "archive/code/__torch__.py", .data = "pass\n"},
               {.name = "archive/data/0", .data = six}}));
    add("torch.storage-missing", file(tensor(storage("FloatStorage", "9", 6), 0, {2, 3}, {3, 1})));
    add("torch.storage-size", file(tensor(storage("FloatStorage", "0", 100), 0, {2}, {1})));
    add("torch.storage-unreadable", zipOf({{.name = "archive/data.pkl", .data = whole(sound)},
                                           {.name = "archive/data/0", .data = six, .method = 8}}));
    add("torch.tensor-outside-storage", file(tensor(floats, 4, {3}, {1})));
    add("torch.bad-tensor", file(tensor(floats, 0, {2, 3}, {1})));
    add("torch.not-plain", file(call(global("torch._utils", "_rebuild_xla_tensor"), {})));
    add("torch.name-collision",
        textOf(makeTorchFile(dict({{text("a.b"), sound}, {text("a"), dict({{text("b"), sound}})}}),
                             {{"0", six}})));
    add("torch.tied-tensors",
        textOf(makeTorchFile(dict({{text("a"), sound}, {text("b"), sound}}), {{"0", six}})));
    add("torch.bad-byteorder", textOf(makeTorchFile(sound, {{"0", six}}, "middle")));
    add("torch.big-endian-untyped",
        textOf(
            makeTorchFile(call(global("torch._utils", "_rebuild_tensor_v3"),
                               {storage("UntypedStorage", "0", 24), integer(0), dims({3}), dims({1}), "\x89",
                                call(global("collections", "OrderedDict"), {}), global("torch", "uint16")}),
                          {{"0", six}}, "big")));
    // Each dict holds the one before twice: 2^40 values in a few hundred bytes.
    std::string bomb = dict({{text("x"), integer(1)}}) + "q\x01" + "0";
    for (char level = 1; level < 40; ++level)
        bomb += dict({{text("a"), "h"s + level}, {text("b"), "h"s + level}}) + "q" +
                static_cast<char>(level + 1) + "0";
    add("torch.too-many-values", textOf(makeTorchFile(bomb + "h\x28", {})));
}

/// Too large to keep: it takes thousands of values.
constexpr std::string_view TooLarge = "dcp.values-not-searched";

void addDistributed(Files& files) {
    std::set<std::string> seen{std::string(TooLarge)};
    for (const auto& damage : dcpDamages()) {
        if (!seen.insert(damage.rule).second)
            continue;
        const TempFolder folder;
        writeDamaged(damage, folder);
        for (const auto& name : folder.names())
            if (!name.ends_with('/'))
                files.push_back({"dcp/" + damage.rule + "/" + name, folder.read(name)});
    }
}

struct Tensor {
    std::string name;
    Dims shape;
    DType dtype = DType::U8;
};

std::string shard(const std::vector<Tensor>& tensors,
                  const std::vector<std::pair<std::string, std::string>>& metadata = {}) {
    std::vector<safetensors::TensorToWrite> list;
    for (const auto& tensor : tensors)
        list.push_back({tensor.name, tensor.dtype, tensor.shape});
    const auto written = safetensors::buildHeader(list, {.metadata = metadata});
    std::string bytes = textOf(written->bytes);
    bytes.resize(written->fileBytes, '\1');
    return bytes;
}

std::string slices(const std::vector<Tensor>& tensors, const std::string& info,
                   const std::string& version = "1.0") {
    return shard(tensors, {{"format", "pt"}, {"DCP_VERSION", version}, {"DCP_SHARDING_INFO", info}});
}

class Folders {
public:
    explicit Folders(Files& files) : m_files(files) {}

    void add(const std::string& rule, const std::vector<std::pair<std::string, std::string>>& content) {
        for (const auto& [name, bytes] : content)
            m_files.push_back({"hub/" + rule + "/" + name, bytes});
    }
    /// Two sound shards and this index.
    void addIndex(const std::string& rule, const std::string& index) {
        add(rule, {{Index, index}, {One, shard({{"a", {2}}})}, {Two, shard({{"b", {4}}})}});
    }
    void addMap(const std::string& rule, const std::string& map, const std::string& metadata = "{}") {
        addIndex(rule, R"({"metadata":)" + metadata + R"(,"weight_map":)" + map + "}");
    }
    /// A sound first slice of a tensor of 4 × 3, and this second file.
    void addSlice(const std::string& rule, const std::string& second,
                  const std::string& name = "shard-00002-model-00001-of-00001.safetensors") {
        add(rule, {{Rank0, slices({{"t", {2, 3}}}, R"({"t":{"saved_offsets":[0,0]}})")}, {name, second}});
    }

    static constexpr const char *One = "model-00001-of-00002.safetensors",
                                *Two = "model-00002-of-00002.safetensors",
                                *Index = "model.safetensors.index.json",
                                *Rank0 = "shard-00001-model-00001-of-00001.safetensors";

private:
    Files& m_files;
};

void addIndexes(Folders& folders) {
    const std::string one = R"("a":"model-00001-of-00002.safetensors")";
    const std::string good = "{" + one + R"(,"b":"model-00002-of-00002.safetensors"})";
    const auto more = [&](const std::string& text) {
        return good.substr(0, good.size() - 1) + "," + text + "}";
    };
    folders.addIndex("hub.index-lfs-pointer",
                     "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
    folders.addIndex("hub.index-not-object", "[]");
    folders.addIndex("hub.no-weight-map", R"({"metadata":{}})");
    folders.addMap("hub.weight-map-value", R"({"a":1,"b":{"c":"d"}})");
    folders.addMap("hub.weight-map-path", more(R"("x":"../../x.safetensors")"));
    folders.addMap("hub.index-duplicate-key", more(one));
    folders.addMap("hub.total-size", good, R"({"total_size":7})");
    folders.addMap("hub.tensor-absent", more(R"("c":"model-00001-of-00002.safetensors")"));
    folders.addMap("hub.tensor-elsewhere",
                   R"({"a":"model-00002-of-00002.safetensors","b":"model-00002-of-00002.safetensors"})");
    folders.addMap("hub.file-unmapped", "{" + one + "}");
    const std::string index = R"({"metadata":{},"weight_map":)" + good + "}";
    const auto a = shard({{"a", {2}}}), b = shard({{"b", {4}}}), both = shard({{"a", {2}}, {"b", {4}}});
    folders.add("hub.file-missing", {{Folders::Index, index}, {Folders::One, a}});
    folders.add("hub.leftover-shards", {{Folders::Index, index},
                                        {Folders::One, a},
                                        {Folders::Two, b},
                                        {"model-00001-of-00005.safetensors", both}});
    folders.add("hub.tensor-twice", {{Folders::Index, index}, {Folders::One, both}, {Folders::Two, b}});
    folders.add(
        "hub.tensor-unmapped",
        {{Folders::Index, index}, {Folders::One, shard({{"a", {2}}, {"c", {1}}})}, {Folders::Two, b}});
    folders.add("hub.no-index", {{Folders::One, a}, {Folders::Two, b}});
    folders.add("hub.number-missing", {{Folders::One, a}});
    folders.add("hub.loose-files", {{"x.safetensors", a}, {"y.safetensors", b}});
    folders.add("hub.unfinished-save", {{Folders::One, a}, {Folders::Two, b}, {".incomplete", ""}});
    folders.add("hub.tensor-ambiguous", {{Folders::One, both}, {Folders::Two, b}});
}

void addSlices(Folders& folders) {
    const std::string good = R"({"t":{"saved_offsets":[2,0]}})";
    const std::vector<Tensor> t{{"t", {2, 3}}};
    folders.addSlice("hub.dcp-version", slices(t, good, "7"));
    folders.addSlice("hub.sharding-info", slices(t, "[1,2]"));
    folders.addSlice("hub.saved-offsets", slices(t, R"({"t":{"saved_offsets":[18446744073709551615,0]}})"));
    folders.addSlice("hub.slice-absent",
                     slices(t, R"({"u":{"saved_offsets":[0]},"t":{"saved_offsets":[2,0]}})"));
    folders.addSlice("hub.offsets-missing", slices({{"u", {2, 3}}}, "{}"));
    folders.addSlice("hub.dims-disagree", slices({{"t", {2}}}, R"({"t":{"saved_offsets":[2]}})"));
    folders.addSlice("hub.dtype-disagrees", slices({{"t", {2, 3}, DType::F32}}, good));
    folders.addSlice("hub.lost-ranks", slices(t, good), "shard-00004-model-00001-of-00001.safetensors");
    folders.addSlice("hub.broken-archive-prefix", "PK\3\4" + std::string(200, 'x'));
    folders.addSlice("slices.overlap", slices(t, R"({"t":{"saved_offsets":[1,0]}})"));
    folders.addSlice("slices.missing", slices(t, R"({"t":{"saved_offsets":[3,0]}})"));
    folders.addSlice("limits.too-many-elements",
                     slices(t, R"({"t":{"saved_offsets":[9223372036854775808,4611686018427387904]}})"));
    folders.add("hub.global-shape-disagrees",
                {{Folders::Rank0, slices(t, R"({"t":{"saved_offsets":[0,0],"global_shape":[4,3]}})")},
                 {"shard-00002-model-00001-of-00001.safetensors",
                  slices(t, R"({"t":{"saved_offsets":[2,0],"global_shape":[3,3]}})")}});
    folders.add("hub.whole-beside-slices", {{Folders::Rank0, slices(t, R"({"t":{"saved_offsets":[0,0]}})")},
                                            {"shard-00002-model-00001-of-00001.safetensors", slices(t, good)},
                                            {"extra.safetensors", shard({{"a", {2}}})}});
}

} // namespace

std::vector<HostileFile> hostileFiles() {
    Files files;
    addPickles(files);
    addArchives(files);
    addTorchFiles(files);
    addDistributed(files);
    Folders folders(files);
    addIndexes(folders);
    addSlices(folders);
    std::ranges::sort(files, {}, &HostileFile::path);
    return files;
}

} // namespace shardlens::test
