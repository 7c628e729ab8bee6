// SPDX-License-Identifier: Apache-2.0
// How fast checkpoints become safetensors, beside `cp` of the same files.
//
//   bench.conversion DIR [MiB [ROUNDS [CASE]]]
//
// Writes checkpoints of MiB (2048) to DIR, and converts and copies each in turns, ROUNDS (5) times: opening,
// planning, writing and publishing in a process of its own, and `cp` in another; then the same with fsync
// beside `cp` and `sync` of the copies. Prints the ratio of the median times, that of the CPU times (which a
// busy machine changes less), and the peak memory. Needs three times MiB in DIR; everything is removed
// afterwards. CASE is a part of a title; others are left out.
#include "convert/convert.h"
#include "formats/open.h"
#include "formats/safetensors/writer.h"
#include "support/dcp_maker.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace shardlens;
namespace fs = std::filesystem;

namespace {

struct Took {
    double seconds = 0, cpu = 0, peakMiB = 0;

    void add(const Took& other) {
        seconds += other.seconds;
        cpu += other.cpu;
        peakMiB = std::max(peakMiB, other.peakMiB);
    }
};

double secondsOf(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// Runs `work` in a process of its own.
Took inChild(const std::function<void()>& work) {
    std::fflush(stdout);
    const auto began = std::chrono::steady_clock::now();
    const auto child = ::fork();
    if (child == 0) {
        work();
        std::fflush(stdout);
        ::_exit(0);
    }
    int status = 0;
    rusage usage{};
    if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0) {
        std::printf("a child failed\n");
        std::exit(1);
    }
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(),
            secondsOf(usage.ru_utime) + secondsOf(usage.ru_stime),
            static_cast<double>(usage.ru_maxrss) / 1024};
}

Took command(std::vector<std::string> words) {
    return inChild([&words] {
        std::vector<char*> arguments;
        for (auto& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    });
}

std::vector<std::string> filesIn(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

/// Slices as PyTorch's HuggingFaceStorageWriter leaves them: a file a rank, F32 tensors cut along one dim.
void writeSlices(const std::string& folder, std::size_t tensors, Dims shape, std::size_t cutDim,
                 std::size_t files) {
    std::mt19937_64 random(1);
    std::vector<std::uint64_t> block(1 << 17);
    for (auto& word : block)
        word = random() & 0x3fff3fff3fff3fffu; // finite numbers
    Dims part = shape;
    part[cutDim] /= files;
    for (std::size_t f = 0; f != files; ++f) {
        std::vector<std::string> names;
        std::string cuts = "{";
        for (std::size_t t = 0; t != tensors; ++t) {
            names.push_back("layers." + std::to_string(t) + ".weight");
            Dims offset(shape.size(), 0);
            offset[cutDim] = part[cutDim] * f;
            cuts += (t > 0 ? ", \"" : "\"") + names.back() + "\": {\"saved_offsets\": [" +
                    std::to_string(offset[0]) + ", " + std::to_string(offset[1]) + "]}";
        }
        std::vector<safetensors::TensorToWrite> written;
        for (const auto& name : names)
            written.push_back({name, DType::F32, part});
        const auto header = safetensors::buildHeader(
            written, {.metadata = {{"DCP_VERSION", "1.0"}, {"DCP_SHARDING_INFO", cuts + "}"}}});
        char name[64];
        std::snprintf(name, sizeof name, "/shard-%05zu-model-00001-of-00001.safetensors", f + 1);
        std::ofstream out(folder + name, std::ios::binary);
        out.write(reinterpret_cast<const char*>(header->bytes.data()),
                  static_cast<std::streamsize>(header->bytes.size()));
        for (auto left = header->fileBytes - header->bytes.size(); left != 0;) {
            const auto size = std::min<std::uint64_t>(left, block.size() * 8);
            out.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(size));
            left -= size;
        }
    }
}

/// PyTorch's own format: a file a rank, each slice an archive in it.
void writeDcp(const std::string& folder, std::size_t tensors, std::int64_t rows, std::int64_t columns,
              std::int64_t ranks) {
    test::DcpMaker maker;
    const auto part = rows / ranks;
    const auto archive = test::DcpMaker::floats({part, columns});
    for (std::size_t t = 0; t != tensors; ++t) {
        test::DcpTensor tensor{.name = "layers." + std::to_string(t) + ".weight", .size = {rows, columns}};
        for (std::int64_t rank = 0; rank != ranks; ++rank)
            tensor.slices.push_back({.offset = {part * rank, 0},
                                     .size = {part, columns},
                                     .file = "__" + std::to_string(rank) + "_0.distcp",
                                     .content = archive});
        maker.tensors.push_back(std::move(tensor));
    }
    const test::TempFolder temporary;
    const auto metadata = maker.write(temporary);
    std::ofstream(folder + "/.metadata", std::ios::binary) << metadata;
    for (const auto& file : filesIn(temporary.path()))
        fs::copy_file(file, folder + "/" + fs::path(file).filename().string());
}

class Bench {
public:
    Bench(std::string folder, int rounds, std::string only)
        : m_folder(std::move(folder))
        , m_rounds(rounds)
        , m_only(std::move(only)) {}

    bool wants(const std::string& title) const { return title.find(m_only) != title.npos; }

    /// Writes a checkpoint by `make` where a title that uses it is wanted.
    std::string source(const std::function<void(const std::string&)>& make) {
        const auto folder = m_folder + "/source";
        fs::remove_all(folder);
        fs::create_directories(folder);
        inChild([&] { make(folder); });
        ::sync(); // what is still to be written back would be in everybody's way
        return folder;
    }

    void compare(const std::string& title, const std::string& source, convert::Options options) {
        if (!wants(title))
            return;
        options.output = m_folder + "/out";
        const auto files = filesIn(source);
        std::printf("%-34s", title.c_str());
        for (const bool sync : {false, true}) {
            options.sync = sync;
            std::vector<Took> ours, theirs;
            for (int round = 0; round <= m_rounds; ++round) { // the first warms up
                const auto first = inChild([&] { convertOnce(source, options); });
                clear();
                const auto second = copy(files, sync);
                clear();
                if (round > 0) {
                    ours.push_back(first);
                    theirs.push_back(second);
                }
            }
            print(sync, ours, theirs);
        }
        std::printf("\n");
    }

private:
    Took copy(std::vector<std::string> words, bool sync) const {
        const auto target = m_folder + "/copy";
        fs::create_directory(target);
        words.insert(words.begin(), "cp");
        words.push_back(target);
        auto took = command(words);
        if (sync) {
            auto files = filesIn(target);
            files.insert(files.begin(), "sync");
            took.add(command(files));
        }
        return took;
    }

    static double median(const std::vector<Took>& all, double Took::*what) {
        std::vector<double> values;
        for (const auto& took : all)
            values.push_back(took.*what);
        std::ranges::sort(values);
        return values[values.size() / 2];
    }

    static void print(bool sync, const std::vector<Took>& ours, const std::vector<Took>& theirs) {
        const auto us = median(ours, &Took::seconds), them = median(theirs, &Took::seconds);
        std::printf("%s %6.3f s, cp %6.3f s: %.2f (CPU %.2f)", sync ? "   fsync" : "", us, them, us / them,
                    median(ours, &Took::cpu) / median(theirs, &Took::cpu));
        if (sync)
            std::printf("   peak %.0f MiB", median(ours, &Took::peakMiB));
    }

    static void convertOnce(const std::string& source, const convert::Options& options) {
        const auto opened = open(source, {}, {});
        const auto plan = opened ? convert::planConversion(*opened, options, {})
                                 : Result<convert::Plan>(Failure(opened.error()));
        const auto report =
            plan ? convert::execute(*plan, options, {}) : Result<convert::Report>(Failure(plan.error()));
        if (report)
            return;
        std::printf("%s\n", describe(report.error()).c_str());
        std::fflush(stdout);
        ::_exit(1);
    }

    void clear() const {
        fs::remove_all(m_folder + "/out");
        fs::remove_all(m_folder + "/copy");
    }

    std::string m_folder;
    int m_rounds;
    std::string m_only;
};

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::printf("usage: %s DIR [MiB [ROUNDS [CASE]]]\n", arguments[0]);
        return 2;
    }
    const auto folder = std::string(arguments[1]) + "/shardlens-bench";
    const auto mib = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 2048;
    fs::remove_all(folder);
    fs::create_directories(folder);
    Bench bench(folder, count > 3 ? std::atoi(arguments[3]) : 5, count > 4 ? arguments[4] : "");
    const std::uint64_t tensors = std::max<std::uint64_t>(mib / 64, 1); // 64 MiB each: [4096, 4096] of F32
    convert::Options one, cast, twenty;
    one.singleFile = cast.singleFile = true;
    cast.cast = convert::Cast::BF16;
    twenty.maxShardSize = 100'000 / 20 * 4096;
    if (bench.wants("DCP, 8 ranks"))
        bench.compare("DCP, 8 ranks",
                      bench.source([&](const auto& to) { writeDcp(to, tensors, 4096, 4096, 8); }), one);
    if (bench.wants("rows over 8 files") || bench.wants("rows, cast to BF16")) {
        const auto rows = bench.source([&](const auto& to) { writeSlices(to, tensors, {4096, 4096}, 0, 8); });
        bench.compare("rows over 8 files", rows, one);
        bench.compare("rows, cast to BF16", rows, cast);
    }
    if (bench.wants("columns over 8 files"))
        bench.compare("columns over 8 files", bench.source([&](const auto& to) {
            writeSlices(to, tensors, {4096, 4096}, 1, 8);
        }),
                      one);
    if (bench.wants("100,000 tensors into 20 files"))
        bench.compare("100,000 tensors into 20 files", bench.source([&](const auto& to) {
            writeSlices(to, 100'000, {32, 32}, 0, 4);
        }),
                      twenty);
    if (bench.wants("800 tensors over 64 files"))
        bench.compare("800 tensors over 64 files", bench.source([&](const auto& to) {
            writeSlices(to, 800, {64, 512}, 0, 64);
        }),
                      one);
    fs::remove_all(folder);
    return 0;
}
