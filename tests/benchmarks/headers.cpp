// SPDX-License-Identifier: Apache-2.0
// How fast safetensors headers become a checkpoint, and in how much memory, beside Python's safetensors
// package.
//
//   bench.headers [FOLDER [FILES [TENSORS_A_FILE]]]
//
// Writes FILES files (1000) with so many tensors each (1000) to FOLDER (a temporary one, removed at the end),
// whose data are holes, then reads all headers, merges and builds. SHARDLENS_PYTHON names the interpreter to
// compare with.
#include "formats/json/sax.h"
#include "formats/safetensors/add_header.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/raw_parser.h"
#include "formats/safetensors/scan_header.h"
#include "formats/safetensors/writer.h"
#include "io/byte_source.h"
#include "jobs/parallel_for.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

using namespace shardlens;

namespace {

class Timer {
public:
    /// Of all the process's threads: what a busy machine does not change much.
    double cpuSeconds() const { return cpuNow() - m_cpuBegan; }
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_began).count();
    }

private:
    static double cpuNow() {
        timespec now{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
    }
    double m_cpuBegan = cpuNow();
    std::chrono::steady_clock::time_point m_began = std::chrono::steady_clock::now();
};

double peakMiB() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::filesystem::path shard(const std::filesystem::path& folder, std::size_t file, std::size_t files) {
    return folder / fmt::format("model-{:05}-of-{:05}.safetensors", file + 1, files);
}

/// Names and shapes as a mixture of experts has them.
void writeShard(const std::filesystem::path& path, std::size_t file, std::size_t count) {
    static constexpr const char* parts[] = {"gate_proj", "up_proj", "down_proj"};
    std::vector<std::string> names;
    const Dims dims = {2048, 768};
    for (std::size_t i = 0; i < count; ++i)
        names.push_back(fmt::format("model.layers.{}.mlp.experts.{}.{}.weight", file, i / 3, parts[i % 3]));
    std::vector<safetensors::TensorToWrite> tensors;
    for (const auto& name : names)
        tensors.push_back({name, DType::BF16, dims});
    const auto header = safetensors::buildHeader(tensors, {.metadata = {{"format", "pt"}}, .alignment = 8});
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(header->bytes.data()),
              static_cast<std::streamsize>(header->bytes.size()));
    out.close();
    std::filesystem::resize_file(path, header->fileBytes);
}

std::uint64_t writeAll(const std::filesystem::path& folder, std::size_t files, std::size_t tensors) {
    std::filesystem::create_directories(folder);
    std::uint64_t headerBytes = 0;
    for (std::size_t file = 0; file < files; ++file) {
        const auto path = shard(folder, file, files);
        if (!std::filesystem::exists(path))
            writeShard(path, file, tensors);
        std::ifstream in(path, std::ios::binary);
        std::uint64_t length = 0;
        in.read(reinterpret_cast<char*>(&length), 8);
        headerBytes += length;
    }
    return headerBytes;
}

/// The parsers alone, on one header in memory, one thread.
void measureParsers(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::uint64_t length = 0;
    in.read(reinterpret_cast<char*>(&length), 8);
    std::string text(length, '\0');
    in.read(text.data(), static_cast<std::streamsize>(length));
    const auto measure = [&](const char* what, int times, const auto& parse) {
        const Timer timer;
        for (int i = 0; i < times; ++i)
            parse();
        const auto bytes = static_cast<double>(length) * times / 1e9;
        fmt::print("{:<34}{:8.3f} GB/s, {:.3f} by CPU time\n", what, bytes / timer.seconds(),
                   bytes / timer.cpuSeconds());
    };
    const JobContext context;
    measure("strict scanner", 500, [&] {
        safetensors::RawHeader raw;
        if (!safetensors::scanHeader(text, raw, context))
            std::abort();
    });
    measure("thorough parser", 50, [&] {
        safetensors::RawHeader raw;
        safetensors::FindingList findings("x", 0);
        safetensors::RawParser parser(text, "x", raw, findings, context);
        if (!json::visitThoroughly(text, "x", parser, context))
            std::abort();
    });
    measure("whole header, with its checks", 500, [&] {
        if (!safetensors::parseHeader(text, "x", {8, 8 + length}, {8 + length, ~std::uint64_t{0} / 2},
                                      context))
            std::abort();
    });
}

Result<CheckpointPtr> openAll(const std::filesystem::path& folder, std::size_t files, double& headerSeconds) {
    const JobContext context;
    struct Shard {
        ByteSourcePtr source;
        safetensors::Header header;
    };
    std::vector<Shard> shards(files);
    const Timer timer;
    SHARDLENS_CHECK(parallelFor(context, files, [&](std::size_t file) -> Result<void> {
        SHARDLENS_TRY(shards[file].source, openFile(shard(folder, file, files).string()));
        SHARDLENS_TRY(shards[file].header, safetensors::readHeader(*shards[file].source, context));
        return {};
    }));
    headerSeconds = timer.seconds();
    CheckpointBuilder builder(context);
    for (auto& [source, header] : shards) {
        const auto id = builder.addFile({.path = source->name(),
                                         .bytes = source->size(),
                                         .rank = {},
                                         .source = source,
                                         .missing = false,
                                         .metadata = header.metadata});
        SHARDLENS_CHECK(safetensors::addHeader(builder, header, id));
        header = {};
    }
    return builder.build();
}

void compareWithPython(const std::filesystem::path& folder) {
    const char* named = std::getenv("SHARDLENS_PYTHON");
    const std::string python = named != nullptr ? named : "python3";
    if (std::system((python + " -c 'import safetensors' 2>/dev/null").c_str()) != 0) {
        fmt::print("{} has no safetensors package to compare with\n", python);
        return;
    }
    const std::string script =
        "import glob, sys, time\n"
        "from safetensors import safe_open\n"
        "t, n = time.time(), 0\n"
        "for f in glob.glob(sys.argv[1] + '/*.safetensors'):\n"
        "    with safe_open(f, 'np') as s:\n"
        "        n += len(s.keys())\n"
        "print(f'{\"Python safetensors, names alone\":<34}{time.time() - t:8.3f} s for {n} tensors')\n";
    const auto file = folder / "compare.py";
    std::ofstream(file) << script;
    std::fflush(stdout);
    if (std::system((python + " " + file.string() + " " + folder.string()).c_str()) != 0)
        fmt::print("the comparison failed\n");
    std::filesystem::remove(file);
}

} // namespace

int main(int argc, char** argv) {
    const bool temporary = argc < 2;
    const auto folder =
        temporary ? std::filesystem::temp_directory_path() / fmt::format("shardlens-headers-{}", ::getpid())
                  : std::filesystem::path(argv[1]);
    const std::size_t files = argc > 2 ? std::stoul(argv[2]) : 1000;
    const std::size_t tensors = argc > 3 ? std::stoul(argv[3]) : 1000;
    const auto headerBytes = writeAll(folder, files, tensors);
    fmt::print("{} tensors in {} files, {:.1f} MB of headers\n", files * tensors, files,
               static_cast<double>(headerBytes) / 1e6);

    const Timer timer;
    double headerSeconds = 0;
    const auto checkpoint = openAll(folder, files, headerSeconds);
    const auto seconds = timer.seconds();
    const auto cpuSeconds = timer.cpuSeconds();
    if (!checkpoint) {
        fmt::print(stderr, "{}\n", describe(checkpoint.error()));
        return 1;
    }
    fmt::print("{:<34}{:8.3f} s, {:.2f} GB/s\n", "headers read, all threads", headerSeconds,
               static_cast<double>(headerBytes) / headerSeconds / 1e9);
    fmt::print("{:<34}{:8.3f} s, {:.3f} s of CPU, {} tensors\n", "with merging and checking", seconds,
               cpuSeconds, (*checkpoint)->tensorCount());
    fmt::print("{:<34}{:8.1f} MiB\n", "peak memory", peakMiB());
    measureParsers(shard(folder, 0, files));
    compareWithPython(folder);
    if (temporary)
        std::filesystem::remove_all(folder);
    return 0;
}
