// SPDX-License-Identifier: Apache-2.0
// How fast the figures of tensors are, beside PyTorch making the same ones.
//
//   bench.statistics DIR [MiB [ROUNDS]]
//
// Writes one tensor of MiB (1024) to DIR for each of several dtypes, with normally distributed values where they
// are floats, and takes its statistics with one thread and with all; then those of many small tensors. Reading
// the file, which is in memory by then, counts. SHARDLENS_PYTHON names an interpreter with torch: it makes
// min, max, mean, std, numbers of NaN and zeros, and a histogram of 96 bins of the same BF16 values, which it
// has loaded before. What is printed is the median of the rounds (5), which take turns.
#include "analysis/statistics.h"

#include "analysis/value_scan.h"
#include "data/cast.h"
#include "io/byte_source.h"
#include "model/checkpoint_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

using namespace shardlens;
namespace fs = std::filesystem;

namespace {

struct Took {
    double seconds = 0, cpu = 0;
};

/// Wall clock, and CPU time of all threads: what a busy machine changes little.
template <typename Work>
Took timed(const Work& work) {
    const auto cpuNow = [] {
        timespec now{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
    };
    const auto cpu = cpuNow();
    const auto began = std::chrono::steady_clock::now();
    work();
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(), cpuNow() - cpu};
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void writeValues(const std::string& path, DType dtype, std::uint64_t bytes) {
    std::mt19937_64 random(1);
    std::normal_distribution<float> normal(0, 0.02F);
    std::vector<float> floats(4 << 20);
    for (auto& x : floats)
        x = normal(random);
    std::vector<std::byte> block(floats.size() * bitsOf(dtype) / 8);
    if (canCast(DType::F32, dtype))
        castElements(DType::F32, dtype, std::as_bytes(std::span(floats)), block);
    else
        for (std::size_t i = 0; i != block.size(); ++i)
            block[i] = static_cast<std::byte>(random() >> 56);
    std::ofstream out(path, std::ios::binary);
    for (auto left = bytes; left != 0;) {
        const auto size = std::min<std::uint64_t>(left, block.size());
        out.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(size));
        left -= size;
    }
}

CheckpointPtr checkpointOf(const std::string& path, DType dtype, std::uint64_t tensors, std::uint64_t each) {
    CheckpointBuilder builder{JobContext{}};
    FileRecord record;
    record.path = "values";
    record.bytes = fs::file_size(path);
    record.source = *openFile(path);
    const auto file = builder.addFile(std::move(record));
    const auto bytes = each * bitsOf(dtype) / 8;
    for (std::uint64_t i = 0; i != tensors; ++i) {
        const auto id = builder.addTensor("layers." + std::to_string(i) + ".weight")->id;
        builder.setDType(id, dtype);
        builder.setShape(id, Dims{each});
        builder.addWholeSlice(id, dtype, file, {i * bytes, (i + 1) * bytes});
    }
    return *builder.build();
}

Took statisticsOf(const CheckpointPtr& checkpoint, std::size_t bins, unsigned threads) {
    std::vector<TensorId> ids;
    for (std::size_t i = 0; i != checkpoint->tensorCount(); ++i)
        ids.emplace_back(i);
    JobContext context;
    context.threads = threads;
    return timed([&] {
        const auto all = computeStatistics(checkpoint, ids, {bins}, context);
        if (!all || !all->front().statistics)
            std::exit(1);
    });
}

/// Seconds that PyTorch takes for the same figures, or nothing.
double pytorchSeconds(const char* python, const std::string& path) {
    const auto script = path + ".py", result = path + ".seconds";
    std::ofstream(script)
        << "import sys, time, torch\n"
           "t = torch.frombuffer(bytearray(open(sys.argv[1], 'rb').read()), dtype=torch.bfloat16)\n"
           "began = time.perf_counter()\n"
           "t.min(), t.max(), t.isnan().sum(), (t == 0).sum()\n"
           "f = t.float()\n"
           "f.mean(), f.std(), torch.histc(f, 96)\n"
           "open(sys.argv[2], 'w').write(str(time.perf_counter() - began))\n";
    if (std::system(fmt::format("'{}' '{}' '{}' '{}'", python, script, path, result).c_str()) != 0)
        return 0;
    double seconds = 0;
    std::ifstream(result) >> seconds;
    return seconds;
}

void large(const std::string& path, DType dtype, std::uint64_t bytes, int rounds) {
    writeValues(path, dtype, bytes);
    const auto checkpoint = checkpointOf(path, dtype, 1, bytes * 8 / bitsOf(dtype));
    const auto* python = dtype == DType::BF16 ? std::getenv("SHARDLENS_PYTHON") : nullptr;
    std::vector<double> single, all, core, scan, theirs;
    for (int round = 0; round != rounds; ++round) {
        const auto one = statisticsOf(checkpoint, 96, 1);
        single.push_back(one.seconds);
        core.push_back(one.cpu);
        all.push_back(statisticsOf(checkpoint, 96, 0).seconds);
        scan.push_back(timed([&] { (void)scanValues(checkpoint, TensorId(0U), {}); }).cpu);
        if (python != nullptr)
            theirs.push_back(pytorchSeconds(python, path));
    }
    const auto gb = static_cast<double>(bytes) / 1e9;
    fmt::print(
        "{:8} {:6.2f} GB/s a core ({:.2f} by its CPU time), {:6.2f} GB/s with all; scan {:6.2f} GB/s\n",
        name(dtype), gb / median(single), gb / median(core), gb / median(all), gb / median(scan));
    if (!theirs.empty() && median(theirs) > 0)
        fmt::print("         PyTorch {:.2f} s, ours {:.2f} s: {:.0f} times as fast\n", median(theirs),
                   median(all), median(theirs) / median(all));
    std::fflush(stdout);
    fs::remove(path);
}

void small(const std::string& path, DType dtype, std::uint64_t tensors, std::uint64_t each, int rounds) {
    writeValues(path, dtype, tensors * each * bitsOf(dtype) / 8);
    const auto checkpoint = checkpointOf(path, dtype, tensors, each);
    std::vector<double> wall, cpu;
    for (int round = 0; round != rounds; ++round) {
        const auto took = statisticsOf(checkpoint, 0, 0);
        wall.push_back(took.seconds);
        cpu.push_back(took.cpu);
    }
    fmt::print("{:8} {} tensors of {}: {:.2f} s, {:.2f} µs of CPU a tensor\n", name(dtype), tensors, each,
               median(wall), median(cpu) * 1e6 / static_cast<double>(tensors));
    std::fflush(stdout);
    fs::remove(path);
}

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        fmt::print("usage: {} DIR [MiB [ROUNDS]]\n", arguments[0]);
        return 2;
    }
    const auto path = std::string(arguments[1]) + "/shardlens-values";
    const auto bytes = (count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1024) << 20;
    const int rounds = count > 3 ? std::atoi(arguments[3]) : 5;
    for (const auto dtype :
         {DType::BF16, DType::F16, DType::F32, DType::F64, DType::F8E4M3, DType::I32, DType::I64})
        large(path, dtype, bytes, rounds);
    small(path, DType::BF16, 1'000'000, 100, rounds);
    small(path, DType::F32, 1'000'000, 100, rounds);
    small(path, DType::BF16, 100'000, 4096, rounds);
    small(path, DType::F32, 100'000, 4096, rounds);
    return 0;
}
