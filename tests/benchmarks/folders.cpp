// SPDX-License-Identifier: Apache-2.0
// How fast folders of safetensors open, and in how much memory, beside Python's safetensors package and json.
//
//   bench.folders [FOLDER [FILES [TENSORS_A_FILE]]]
//
// Writes to FOLDER (a temporary one, removed at the end) FILES shards (1000) with so many tensors each (1000)
// and their index, and 64 files of DCP slices of 800 tensors; data are holes. Then opens both.
// SHARDLENS_PYTHON names the interpreter to compare with.
#include "formats/open.h"
#include "formats/safetensors/writer.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace shardlens;

namespace {

using Path = std::filesystem::path;
using Metadata = std::vector<std::pair<std::string, std::string>>;

void writeFile(const Path& path, const std::vector<std::string>& names, const Dims& dims,
               const Metadata& metadata) {
    std::vector<safetensors::TensorToWrite> tensors;
    for (const auto& name : names)
        tensors.push_back({name, DType::BF16, dims});
    const auto header = safetensors::buildHeader(tensors, {.metadata = metadata});
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(header->bytes.data()),
              static_cast<std::streamsize>(header->bytes.size()));
    out.close();
    std::filesystem::resize_file(path, header->fileBytes);
}

/// Names as a mixture of experts has them, sorted in the index as transformers does.
void writeShards(const Path& folder, std::size_t files, std::size_t count) {
    static constexpr const char* parts[] = {"gate_proj", "up_proj", "down_proj"};
    std::map<std::string, std::string> map;
    for (std::size_t file = 0; file < files; ++file) {
        const auto path = fmt::format("model-{:05}-of-{:05}.safetensors", file + 1, files);
        std::vector<std::string> names;
        for (std::size_t i = 0; i < count; ++i) {
            const auto expert = (file % 10) * (count / 3 + 1) + i / 3;
            names.push_back(
                fmt::format("model.layers.{}.mlp.experts.{}.{}.weight", file / 10, expert, parts[i % 3]));
            map.emplace(names.back(), path);
        }
        writeFile(folder / path, names, {2048, 768}, {{"format", "pt"}});
    }
    std::ofstream out(folder / "model.safetensors.index.json");
    out << "{\n  \"metadata\": {},\n  \"weight_map\": {\n";
    std::size_t left = map.size();
    for (const auto& [name, path] : map)
        out << "    \"" << name << "\": \"" << path << (--left > 0 ? "\",\n" : "\"\n");
    out << "  }\n}\n";
}

void writeSlices(const Path& folder) {
    constexpr std::size_t ranks = 64, tensors = 800;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        std::vector<std::string> names;
        std::string info = "{";
        for (std::size_t i = 0; i < tensors; ++i) {
            names.push_back(fmt::format("model.layers.{}.block.{}.weight", i / 8, i % 8));
            info += fmt::format("{}\"{}\": {{\"saved_offsets\": [{}, 0]}}", i > 0 ? ", " : "", names.back(),
                                2 * rank);
        }
        writeFile(folder / fmt::format("shard-{:05}-model-00001-of-00001.safetensors", rank + 1), names,
                  {2, 256}, {{"format", "pt"}, {"DCP_VERSION", "1.0"}, {"DCP_SHARDING_INFO", info + "}"}});
    }
}

void measure(const Path& folder) {
    for (int run = 0; run < 3; ++run) {
        const auto began = std::chrono::steady_clock::now();
        const auto opened = open(folder.string(), {}, {});
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        if (!opened) {
            fmt::print("{}\n", describe(opened.error()));
            return;
        }
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        fmt::print("  open: {:.3f} s, {} tensors, {} slices, {} findings, peak {} MiB\n", took.count(),
                   (*opened)->tensorCount(), (*opened)->sliceCount(), (*opened)->findings().size(),
                   usage.ru_maxrss / 1024);
    }
}

/// Headers by safetensors, the index by json: no more than a list of names.
void comparePython(const Path& folder) {
    const char* python = std::getenv("SHARDLENS_PYTHON");
    if (!python)
        return;
    const std::string script = "import glob,json,sys,time\n"
                               "from safetensors import safe_open\n"
                               "began=time.perf_counter()\n"
                               "count=0\n"
                               "for path in sorted(glob.glob(sys.argv[1]+'/*.safetensors')):\n"
                               "    with safe_open(path,'np') as file: count+=len(file.keys())\n"
                               "headers=time.perf_counter()-began\n"
                               "began=time.perf_counter()\n"
                               "for path in glob.glob(sys.argv[1]+'/*.index.json'): json.load(open(path))\n"
                               "print(f'  python: headers {headers:.3f} s, index "
                               "{time.perf_counter()-began:.3f} s, {count} names')\n";
    std::fflush(stdout);
    const auto file = folder / "compare.py";
    std::ofstream(file) << script;
    const auto command = fmt::format("'{}' '{}' '{}'", python, file.string(), folder.string());
    if (std::system(command.c_str()) != 0)
        fmt::print("  python: failed\n");
    std::filesystem::remove(file);
}

} // namespace

int main(int argc, char** argv) {
    const bool temporary = argc < 2;
    const Path folder = temporary
                            ? std::filesystem::temp_directory_path() / fmt::format("shardlens-{}", ::getpid())
                            : Path(argv[1]);
    const std::size_t files = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1000;
    const std::size_t tensors = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1000;
    std::filesystem::create_directories(folder / "shards");
    std::filesystem::create_directories(folder / "slices");
    writeShards(folder / "shards", files, tensors);
    writeSlices(folder / "slices");
    for (const auto* name : {"shards", "slices"}) {
        fmt::print("{}\n", name);
        measure(folder / name);
        comparePython(folder / name);
    }
    if (temporary)
        std::filesystem::remove_all(folder);
}
